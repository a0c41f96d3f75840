#define _DEFAULT_SOURCE
#include "port/posix/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool ready(void *context) { return ((const mote_udp_t *)context)->socket >= 0; }

static void send_datagram(void *context, const uint8_t *bytes, uint32_t size) {
  (void)send(((const mote_udp_t *)context)->socket, bytes, size, MSG_DONTWAIT);
}

/* An error is that nobody listened to what was sent: nothing came. */
static uint32_t receive(void *context, uint8_t *bytes, uint32_t room) {
  ssize_t size = recv(((const mote_udp_t *)context)->socket, bytes, room, MSG_DONTWAIT);
  return size > 0 ? (uint32_t)size : 0;
}

static uint32_t now(void *context) {
  struct timespec time;
  (void)context;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint32_t)((uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000);
}

static uint32_t random_number(void *context) {
  uint32_t number = 0;
  (void)context;
  if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
    number = now(NULL) * 2654435761u;
  }
  return number;
}

mote_datagram_t mote_udp_open(mote_udp_t *udp, const uint8_t address[4], uint16_t port) {
  struct sockaddr_in server;
  memset(&server, 0, sizeof server);
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  memcpy(&server.sin_addr, address, 4);
  udp->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (udp->socket >= 0 && connect(udp->socket, (const struct sockaddr *)&server, sizeof server) != 0) {
    (void)close(udp->socket);
    udp->socket = -1;
  }
  mote_datagram_t port_of = {udp, ready, send_datagram, receive, NULL, now, random_number, false};
  return port_of;
}

void mote_udp_wait(const mote_udp_t *udp, uint32_t milliseconds) {
  struct pollfd wanted = {udp->socket, POLLIN, 0};
  (void)poll(&wanted, udp->socket >= 0 ? 1 : 0, (int)(milliseconds < 60000 ? milliseconds : 60000));
}
