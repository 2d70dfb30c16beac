/* Reads a plan as `bench/generator/__init__.py` writes it: little-endian numbers, and bytes after their length. */
#include "generator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t *at, *end;

void die(const char *why, const char *what)
{
    fprintf(stderr, "generator: %s%s\n", why, what);
    exit(1);
}

static const uint8_t *take(size_t size)
{
    if ((size_t)(end - at) < size)
        die("the plan ends too early", "");
    const uint8_t *taken = at;
    at += size;
    return taken;
}

static uint32_t number(void)
{
    uint32_t value;
    memcpy(&value, take(sizeof value), sizeof value);
    return value;
}

static double real(void)
{
    double value;
    memcpy(&value, take(sizeof value), sizeof value);
    return value;
}

static Bytes bytes(void)
{
    uint32_t size = number();
    return (Bytes){take(size), size};
}

static void *array(size_t count, size_t size)
{
    void *made = calloc(count ? count : 1, size);
    if (made == NULL)
        die("out of memory", "");
    return made;
}

static void load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        die("cannot read ", path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    uint8_t *all = array((size_t)size, 1);
    if (fread(all, 1, (size_t)size, file) != (size_t)size)
        die("cannot read ", path);
    fclose(file);
    at = all;
    end = all + size;
}

static void read_lines(Plan *plan)
{
    plan->line_count = number();
    plan->lines = array(plan->line_count, sizeof *plan->lines);
    for (Line *line = plan->lines; line < plan->lines + plan->line_count; line++) {
        line->count = number();
        line->inputs = array(line->count, sizeof *line->inputs);
        for (uint32_t i = 0; i < line->count; i++) {
            line->inputs[i].seat = number();
            line->inputs[i].frame = bytes();
        }
    }
}

static void read_socket(Socket *socket, Room *room, uint32_t seat)
{
    *socket = (Socket){.room = room, .seat = seat, .fd = -1, .request = bytes()};
    socket->step_count = number();
    socket->steps = array(socket->step_count, sizeof *socket->steps);
    for (uint32_t i = 0; i < socket->step_count; i++) {
        socket->steps[i].send = number() != 0;
        socket->steps[i].bytes = bytes();
    }
}

/* An endless line bears what falls due in its slot; any other, what it has. */
static uint32_t room_inputs(const Plan *plan, const Line *line)
{
    double share = plan->rate * (plan->warm_s + plan->measure_s) / plan->slots;
    return plan->endless ? (uint32_t)share + 2 : line->count;
}

static void read_rooms(Plan *plan)
{
    plan->room_count = number();
    plan->rooms = array(plan->room_count, sizeof *plan->rooms);
    for (Room *room = plan->rooms; room < plan->rooms + plan->room_count; room++) {
        uint32_t line = number();
        if (line >= plan->line_count)
            die("a room has no line", "");
        room->line = plan->lines + line;
        room->due_s = array(room_inputs(plan, room->line), sizeof *room->due_s);
        room->size = number();
        room->seats = array(room->size, sizeof *room->seats);
        for (uint32_t seat = 0; seat < room->size; seat++)
            read_socket(room->seats + seat, room, seat);
        plan->socket_count += room->size;
    }
}

Plan *plan_read(const char *path)
{
    load(path);
    Plan *plan = array(1, sizeof *plan);
    plan->port = number();
    plan->slots = number();
    plan->arriving = number();
    plan->endless = number() != 0;
    plan->turns = number() != 0;
    plan->rate = real();
    plan->warm_s = real();
    plan->measure_s = real();
    plan->grace_s = real();
    plan->counted = bytes();
    plan->ping = bytes();
    plan->pong = bytes();
    plan->ill_count = number();
    plan->ills = array(plan->ill_count, sizeof *plan->ills);
    for (uint32_t i = 0; i < plan->ill_count; i++)
        plan->ills[i] = bytes();
    read_lines(plan);
    read_rooms(plan);
    if (plan->room_count < plan->slots)
        die("fewer rooms than slots", "");
    return plan;
}
