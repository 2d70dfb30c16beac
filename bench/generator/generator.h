/* The load generator: thousands of WebSockets of rooms, inputs sent when they are due, and how late each answer came.
 *
 * plan.c reads what to do, socket.c speaks WebSocket, play.c knows rooms and times, main.c is the loop. One thread. */
#ifndef GENERATOR_H
#define GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Also the bound of a message: no peer sends one that is larger. */
#define READ_BYTES (1 << 20)
/* Ills beyond these say nothing new. */
#define TOLD_ILLS 5

typedef struct {
    const uint8_t *at;
    uint32_t size;
} Bytes;

/* Of the opening of a socket, after the handshake: send these bytes, or wait for a message that begins so. */
typedef struct {
    bool send;
    Bytes bytes;
} Step;

typedef struct {
    uint32_t seat;
    Bytes frame;
} Input;

typedef struct {
    uint32_t count;
    Input *inputs;
} Line;

typedef struct Room Room;

typedef struct {
    Room *room;
    uint32_t seat;
    Bytes request;
    uint32_t step_count, step;
    Step *steps;
    int fd;
    enum { NEW, CONNECTING, SHAKING, OPENING, READY, GONE } state;
    uint32_t seen; /* updates so far */
    uint32_t rest_size, rest_room;
    uint8_t *rest; /* the beginning of a frame that has not arrived whole */
    double began_s;
} Socket;

/* One match: `due_s` of each input of its line, by turns from the first. */
struct Room {
    Line *line;
    uint32_t size;
    Socket *seats;
    uint32_t due, sent;
    double *due_s;
};

/* Rates are inputs a second in all; `endless`: a line begins again when it is over. `turns`: an input is sent only after
 * its sender has seen all that came before. `counted`: how an update begins; `ills`: how a refusal does; `ping`: what is
 * answered with `pong`. */
typedef struct {
    uint32_t port, slots, arriving;
    bool endless, turns;
    double rate, warm_s, measure_s, grace_s;
    Bytes counted, ping, pong;
    uint32_t ill_count, line_count, room_count;
    Bytes *ills;
    Line *lines;
    Room *rooms;
    uint32_t socket_count;
} Plan;

/* plan.c */
Plan *plan_read(const char *path);
void die(const char *why, const char *what);

/* socket.c: connects, opens, and calls what play.c defines. */
void socket_connect(Socket *self, const Plan *plan, int epoll);
void socket_work(Socket *self, const Plan *plan, int epoll);
void socket_send(Socket *self, Bytes frame);
void socket_end(Socket *self);

/* play.c */
double now_s(void);
void play_ready(Socket *self);
void play_arrived(Socket *self);
void play_ill(const uint8_t *what, size_t size);
uint64_t play_ills(void);
void play_begin(Plan *plan);
double play_due(double now);
bool play_over(double now);
void play_tell(void);
uint32_t play_connected(void);
void play_connecting(uint32_t sockets, double seconds);

#endif
