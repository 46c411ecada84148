#pragma once
/* What Glibc's module map leaves out: epoll(7), eventfd(2), timerfd_create(2), sendfile(2), TCP options, accept4(2),
 * posix_spawn_file_actions_addclosefrom_np(3).
 * _GNU_SOURCE is not defined here: it changes the layout names of types (fd_set) that Swift's Glibc module has
 * already, so the GNU functions that are needed are declared one by one. */
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
