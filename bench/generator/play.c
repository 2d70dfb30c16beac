/* Rooms and times. Input number g is due at g / rate, in slot g modulo slots, whatever the server does; one that must
 * wait for its turn keeps the time at which it was due, so that a slow server cannot hide its latency. */
#include "generator.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static Plan *plan;
static Room **slots;
static uint32_t next_room, connected_count;
static uint64_t number;
static double began_s, begin_s, end_s;
static bool told_begin, told_end;

static uint32_t *late_us; /* of each update of the window */
static size_t late_count, late_room, expected;
static uint64_t arrived, inputs;
static double connecting_s;
static double *ready_s;
static uint32_t ready_count;
static char ills[TOLD_ILLS][200];
static uint64_t ill_count;

double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

uint32_t play_connected(void)
{
    return connected_count;
}

uint64_t play_ills(void)
{
    return ill_count;
}

void play_ready(Socket *self)
{
    if (ready_s == NULL)
        ready_s = calloc(UINT16_MAX, sizeof *ready_s);
    if (ready_s != NULL && ready_count < UINT16_MAX)
        ready_s[ready_count++] = now_s() - self->began_s;
    connected_count++;
}

/* As text that can stand in JSON. */
void play_ill(const uint8_t *what, size_t size)
{
    if (ill_count < TOLD_ILLS)
        for (size_t i = 0; i < size && i < sizeof ills[0] - 1; i++)
            ills[ill_count][i] = what[i] < 32 || what[i] > 126 || what[i] == '"' || what[i] == '\\' ? ' ' : (char)what[i];
    ill_count++;
}

static void send_due(Room *room)
{
    while (room->sent < room->due) {
        Input *input = room->line->inputs + room->sent % room->line->count;
        Socket *sender = room->seats + input->seat;
        if (plan->turns && sender->seen < room->sent)
            return;
        room->sent++;
        socket_send(sender, input->frame);
    }
}

void play_arrived(Socket *self)
{
    Room *room = self->room;
    double now = now_s();
    uint32_t index = self->seen++;
    if (index >= room->sent) {
        play_ill((const uint8_t *)"an update that nobody asked for", 31);
        return;
    }
    double due = room->due_s[index];
    arrived += begin_s <= now && now < end_s;
    if (begin_s <= due && due < end_s && late_count < late_room)
        late_us[late_count++] = (uint32_t)(1e6 * (now - due));
    send_due(room);
}

void play_begin(Plan *given)
{
    plan = given;
    slots = calloc(plan->slots, sizeof *slots);
    uint32_t most = 0;
    for (uint32_t i = 0; i < plan->room_count; i++)
        most = plan->rooms[i].size > most ? plan->rooms[i].size : most;
    late_room = (size_t)(plan->rate * plan->measure_s + 2) * most;
    late_us = calloc(late_room, sizeof *late_us);
    if (slots == NULL || late_us == NULL)
        die("out of memory", "");
    for (; next_room < plan->slots; next_room++)
        slots[next_room] = plan->rooms + next_room;
    began_s = now_s();
    begin_s = began_s + plan->warm_s;
    end_s = begin_s + plan->measure_s;
}

static void fall_due(uint32_t slot, double due)
{
    Room *room = slots[slot];
    if (!plan->endless && room->due == room->line->count) {
        if (next_room == plan->room_count)
            die("too few rooms for so many inputs", "");
        room = slots[slot] = plan->rooms + next_room++;
    }
    room->due_s[room->due++] = due;
    if (begin_s <= due && due < end_s) {
        expected += room->size;
        inputs++;
    }
    send_due(room);
}

static void tell_edges(double now)
{
    if (!told_begin && now >= begin_s) {
        puts("begin");
        fflush(stdout);
        told_begin = true;
    }
    if (!told_end && now >= end_s) {
        puts("end");
        fflush(stdout);
        told_end = true;
    }
}

/* Sends what is due at `now`; when to come again. */
double play_due(double now)
{
    double due = began_s + (double)number / plan->rate;
    tell_edges(now);
    while (due <= now && due < end_s) {
        fall_due((uint32_t)(number++ % plan->slots), due);
        due = began_s + (double)number / plan->rate;
    }
    if (!told_begin && due > begin_s)
        return begin_s;
    return due < end_s ? due : !told_end ? end_s : now + 0.01;
}

bool play_over(double now)
{
    return told_end && (late_count == expected || now > end_s + plan->grace_s || ill_count != 0);
}

static int by_size(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

static int by_value(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static double late_ms(double share)
{
    size_t at = (size_t)floor((double)late_count * share);
    return late_count == 0 ? 0 : late_us[at < late_count ? at : late_count - 1] / 1000.0;
}

void play_connecting(uint32_t sockets, double seconds)
{
    connecting_s = seconds;
    if (ready_count)
        qsort(ready_s, ready_count, sizeof *ready_s, by_value);
    double p99 = ready_count ? 1000 * ready_s[(size_t)(0.99 * ready_count)] : 0;
    printf("connected %u %.3f %.3f\n", sockets, seconds, p99);
    fflush(stdout);
}

void play_tell(void)
{
    qsort(late_us, late_count, sizeof *late_us, by_size);
    printf("{\"inputs\":%llu,\"updates\":%llu,\"lost\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"most_ms\":%.3f,",
           (unsigned long long)inputs, (unsigned long long)arrived, expected - late_count, late_ms(0.5), late_ms(0.99),
           late_ms(1));
    printf("\"ills\":[");
    for (uint64_t i = 0; i < ill_count && i < TOLD_ILLS; i++)
        printf("%s\"%s\"", i ? "," : "", ills[i]);
    puts("]}");
}
