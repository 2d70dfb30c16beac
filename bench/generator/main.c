/* generator PLAN: connects everyone and says so; waits for a line on its input, plays, says `begin` and `end` at the edges
 * of the window, and prints what it saw as JSON. */
#include "generator.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 1024
/* Longer than any server should need for its next socket; a storm of thousands on a busy machine comes near it. */
#define PATIENCE_S 30.0

static int epoll;

static void wait_and_work(const Plan *plan, double seconds)
{
    static struct epoll_event events[EVENTS];
    if (seconds < 0)
        seconds = 0;
    struct timespec timeout = {(time_t)seconds, (long)(1e9 * (seconds - (double)(time_t)seconds))};
    int count = epoll_pwait2(epoll, events, EVENTS, &timeout, NULL);
    if (count < 0 && errno != EINTR)
        die("epoll: ", strerror(errno));
    for (int i = 0; i < count; i++)
        socket_work(events[i].data.ptr, plan, epoll);
}

/* Room by room, as many at once as the plan allows. */
static void connect_all(Plan *plan)
{
    uint32_t begun = 0, room = 0, seat = 0, before = 0;
    double began = now_s(), last = began;
    while (play_connected() < plan->socket_count) {
        while (begun < plan->socket_count && begun - play_connected() < plan->arriving) {
            socket_connect(plan->rooms[room].seats + seat, plan, epoll);
            begun++;
            if (++seat == plan->rooms[room].size) {
                seat = 0;
                room++;
            }
        }
        wait_and_work(plan, 0.1);
        if (play_connected() != before) {
            before = play_connected();
            last = now_s();
        }
        if (play_ills() != 0 || now_s() - last > PATIENCE_S) {
            play_tell();
            die("not all sockets opened", "");
        }
    }
    play_connecting(plan->socket_count, now_s() - began);
}

static void end_all(Plan *plan)
{
    for (uint32_t room = 0; room < plan->room_count; room++)
        for (uint32_t seat = 0; seat < plan->rooms[room].size; seat++)
            socket_end(plan->rooms[room].seats + seat);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("usage: generator PLAN", "");
    Plan *plan = plan_read(argv[1]);
    epoll = epoll_create1(0);
    connect_all(plan);
    if (getchar() == EOF)
        return 0;
    play_begin(plan);
    double now = now_s();
    while (!play_over(now)) {
        double next = play_due(now);
        wait_and_work(plan, next - now_s());
        now = now_s();
    }
    end_all(plan);
    play_tell();
    return 0;
}
