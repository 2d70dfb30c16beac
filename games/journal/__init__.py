"""The journal: entries are stored, by groups and fenced, before anybody hears of them."""
