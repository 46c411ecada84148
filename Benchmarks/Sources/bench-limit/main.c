/* The machine's limit: an edge-triggered epoll loop a core, one recv and one send a request, fixed bytes, no parsing
 * beyond the end of the head and the first letters of the target.
 *
 * It answers GET /plaintext and GET /json, pipelined or not, as wrk sends them: a head in one piece and no content. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char plaintext[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nDate: Mon, 23 Nov 2026 03:00:00 GMT\r\n"
    "X-Request-Id: 0123456789abcdef-1\r\nContent-Length: 13\r\n\r\nHello, World!";

static const char json[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 23 Nov 2026 03:00:00 GMT\r\n"
    "X-Request-Id: 0123456789abcdef-1\r\nContent-Length: 344\r\n\r\n"
    "{\"id\":\"vc-0001\",\"name\":\"team-payments-staging\",\"tenant\":\"acme\",\"phase\":\"Running\",\"cpu\":2.5,"
    "\"memory\":4294967296,\"createdAt\":\"2026-11-23T03:00:00Z\",\"labels\":{\"env\":\"staging\",\"team\":"
    "\"payments\",\"region\":\"eu-central-1\"},\"endpoints\":[\"https://10.0.0.12:8443\","
    "\"https://staging.acme.vc.example.com\"],\"message\":\"All control plane components are ready.\"}";

static int port;

/* Answers what has arrived; 0 when the connection has been closed. */
static int answer(int connection) {
    char buffer[65536];
    for (;;) {
        ssize_t count = recv(connection, buffer, sizeof buffer, 0);
        if (count < 0 && errno == EAGAIN) return 1;
        if (count <= 0) {
            close(connection);
            return 0;
        }
        char out[65536];
        size_t used = 0;
        for (char *at = buffer, *end; (end = memmem(at, (size_t)(buffer + count - at), "\r\n\r\n", 4)); at = end + 4) {
            const char *bytes = at[5] == 'p' ? plaintext : json;
            size_t length = at[5] == 'p' ? sizeof plaintext - 1 : sizeof json - 1;
            if (used + length > sizeof out) break;
            memcpy(out + used, bytes, length);
            used += length;
        }
        if (used && send(connection, out, used, MSG_NOSIGNAL) < 0 && errno != EAGAIN) {
            close(connection);
            return 0;
        }
        /* Less than asked for: the socket is empty, the next bytes are a new edge. */
        if ((size_t)count < sizeof buffer) return 1;
    }
}

static void *loop(void *unused) {
    (void)unused;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), queue = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("bench-limit");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(queue, events, 256, -1);
        for (int at = 0; at < count; at++) {
            if (events[at].data.fd != listener) {
                /* The end may come with the last bytes, and then there is no other event. */
                if (answer(events[at].data.fd) && (events[at].events & EPOLLRDHUP)) close(events[at].data.fd);
                continue;
            }
            int connection = accept4(listener, 0, 0, SOCK_NONBLOCK);
            if (connection < 0) continue;
            setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            struct epoll_event added = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = connection};
            epoll_ctl(queue, EPOLL_CTL_ADD, connection, &added);
        }
    }
}

int main(int count, char **arguments) {
    port = count == 3 && !strcmp(arguments[1], "--port") ? atoi(arguments[2]) : 8080;
    signal(SIGPIPE, SIG_IGN);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t thread;
    for (long core = 1; core < cores; core++) pthread_create(&thread, 0, loop, 0);
    loop(0);
}
