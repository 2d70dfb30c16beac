/* One WebSocket client: connects, opens as its plan says, and hands on whole messages. It sends only frames that were
 * built beforehand, masked with zeros, which the protocol allows. */
#include "generator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9 };

/* A pong bears at most 125 bytes; servers ping with less. */
#define MOST_CONTROL 125

static uint8_t buffer[READ_BYTES];

static bool begins(const uint8_t *what, size_t size, Bytes with)
{
    return with.size != 0 && size >= with.size && memcmp(what, with.at, with.size) == 0;
}

static void lost(Socket *self, const char *why)
{
    if (self->state != GONE)
        play_ill((const uint8_t *)why, strlen(why));
    socket_end(self);
}

void socket_end(Socket *self)
{
    static const uint8_t bye[] = {0x80 | CLOSE, 0x82, 0, 0, 0, 0, 1000 >> 8, 1000 & 255};
    if (self->fd >= 0) {
        if (self->state > SHAKING && send(self->fd, bye, sizeof bye, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            self->state = GONE; /* nobody is there any more to be told */
        close(self->fd);
    }
    self->fd = -1;
    self->state = GONE;
}

void socket_send(Socket *self, Bytes frame)
{
    if (self->fd < 0)
        return;
    ssize_t sent = send(self->fd, frame.at, frame.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != (ssize_t)frame.size)
        lost(self, "the server does not read");
}

void socket_connect(Socket *self, const Plan *plan, int epoll)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)plan->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    self->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (self->fd < 0)
        die("no more sockets: ", strerror(errno));
    int yes = 1;
    setsockopt(self->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    self->state = CONNECTING;
    self->began_s = now_s();
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = self};
    if (connect(self->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)
        die("cannot connect: ", strerror(errno));
    epoll_ctl(epoll, EPOLL_CTL_ADD, self->fd, &event);
}

static void connected(Socket *self, int epoll)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = self};
    epoll_ctl(epoll, EPOLL_CTL_MOD, self->fd, &event);
    self->state = SHAKING;
    socket_send(self, self->request);
}

/* Sends all that is to be sent before something must be heard. */
static void open_further(Socket *self)
{
    while (self->step < self->step_count && self->steps[self->step].send)
        socket_send(self, self->steps[self->step++].bytes);
    if (self->step == self->step_count && self->state == OPENING) {
        self->state = READY;
        play_ready(self);
    }
}

/* Where frames begin; 0 while the answer to the handshake is not whole. */
static size_t shaken(Socket *self, const uint8_t *from, size_t size)
{
    const uint8_t *stop = memmem(from, size, "\r\n\r\n", 4);
    if (stop == NULL)
        return 0;
    if (memcmp(from, "HTTP/1.1 101", 12) != 0) {
        play_ill(from, size < 200 ? size : 200);
        socket_end(self);
        return 0;
    }
    self->state = OPENING;
    open_further(self);
    return (size_t)(stop - from) + 4;
}

static void heard(Socket *self, const Plan *plan, const uint8_t *message, size_t size)
{
    if (self->state == READY && begins(message, size, plan->counted)) {
        play_arrived(self);
    } else if (self->state == OPENING && begins(message, size, self->steps[self->step].bytes)) {
        self->step++;
        open_further(self);
    } else if (begins(message, size, plan->ping)) {
        socket_send(self, plan->pong);
    } else {
        for (uint32_t i = 0; i < plan->ill_count; i++)
            if (begins(message, size, plan->ills[i]))
                play_ill(message, size);
    }
}

static void control(Socket *self, uint8_t opcode, const uint8_t *payload, size_t size)
{
    uint8_t pong[6 + MOST_CONTROL] = {0x8a, (uint8_t)(0x80 | size)};
    if (opcode == PING && size <= MOST_CONTROL) {
        memcpy(pong + 6, payload, size);
        socket_send(self, (Bytes){pong, (uint32_t)(6 + size)});
    } else if (opcode == CLOSE) {
        lost(self, "closed by the server");
    }
}

/* One frame at `from`; how many bytes it has, 0 while it is not whole. Servers do not fragment what is so short. */
static size_t frame(Socket *self, const Plan *plan, const uint8_t *from, size_t size)
{
    if (size < 2)
        return 0;
    size_t length = from[1] & 0x7f, head = 2;
    if (length == 126) {
        if (size < 4)
            return 0;
        length = (size_t)from[2] << 8 | from[3];
        head = 4;
    } else if (length == 127) {
        if (size < 10)
            return 0;
        length = (size_t)from[6] << 24 | (size_t)from[7] << 16 | (size_t)from[8] << 8 | from[9];
        head = 10;
    }
    if (size - head < length)
        return 0;
    uint8_t opcode = from[0] & 15;
    if (opcode == TEXT || opcode == BINARY)
        heard(self, plan, from + head, length);
    else if (opcode != CONTINUATION)
        control(self, opcode, from + head, length);
    return head + length;
}

static void keep(Socket *self, const uint8_t *from, size_t size)
{
    if (size > self->rest_room) {
        self->rest = realloc(self->rest, size);
        if (self->rest == NULL)
            die("out of memory", "");
        self->rest_room = (uint32_t)size;
    }
    if (size)
        memcpy(self->rest, from, size);
    self->rest_size = (uint32_t)size;
}

void socket_work(Socket *self, const Plan *plan, int epoll)
{
    if (self->fd < 0)
        return;
    if (self->state == CONNECTING) {
        connected(self, epoll);
        return;
    }
    size_t had = self->rest_size;
    if (had)
        memcpy(buffer, self->rest, had);
    ssize_t got = recv(self->fd, buffer + had, sizeof buffer - had, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            lost(self, "connection lost");
        return;
    }
    size_t size = had + (size_t)got, done = 0, step = 1;
    if (self->state == SHAKING)
        done = shaken(self, buffer, size);
    while (self->fd >= 0 && self->state != SHAKING && step != 0)
        done += step = frame(self, plan, buffer + done, size - done);
    if (self->fd >= 0)
        keep(self, buffer + done, size - done);
}
