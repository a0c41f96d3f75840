#include "port/lwip/lwip_datagram.h"

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>
#include <string.h>

enum { FRAMES_AT_ONCE = 8, WAITING = 4 };

static struct netif interface;
static struct udp_pcb *socket;
static const mote_ethernet_t *ethernet;
static mote_datagram_t clock;
static uint8_t frame[MOTE_ETHERNET_MOST_BYTES];
/* Datagrams that nobody has asked for yet; the newest is dropped when there are too many. */
static struct pbuf *waiting[WAITING];
static uint32_t waiting_count;

u32_t sys_now(void) { return clock.now(clock.context); }

uint32_t mote_lwip_random(void) { return clock.random(clock.context); }

static err_t output(struct netif *netif, struct pbuf *p) {
  static uint8_t bytes[MOTE_ETHERNET_MOST_BYTES];
  (void)netif;
  if (p->tot_len > sizeof bytes) {
    return ERR_BUF;
  }
  (void)pbuf_copy_partial(p, bytes, p->tot_len, 0);
  return ethernet->send(bytes, p->tot_len) ? ERR_OK : ERR_BUF;
}

static err_t start_interface(struct netif *netif) {
  netif->name[0] = 'e';
  netif->name[1] = 'n';
  netif->output = etharp_output;
  netif->linkoutput = output;
  netif->mtu = 1500;
  netif->hwaddr_len = 6;
  netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
  return ethernet->start(netif->hwaddr) ? ERR_OK : ERR_IF;
}

static void arrived(void *context, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from, u16_t port) {
  (void)context;
  (void)pcb;
  (void)from;
  (void)port;
  if (waiting_count == WAITING) {
    (void)pbuf_free(p);
  } else {
    waiting[waiting_count++] = p;
  }
}

bool mote_lwip_poll(void) {
  for (uint32_t i = 0; i < FRAMES_AT_ONCE; i++) {
    uint32_t size = ethernet->receive(frame, sizeof frame);
    if (size == 0) {
      break;
    }
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);
    if (p != NULL) {
      (void)pbuf_take(p, frame, (u16_t)size);
      if (interface.input(p, &interface) != ERR_OK) {
        (void)pbuf_free(p);
      }
    }
  }
  sys_check_timeouts();
  return waiting_count > 0;
}

static bool ready(void *context) {
  (void)context;
  (void)mote_lwip_poll();
  return socket != NULL && dhcp_supplied_address(&interface);
}

static void send_datagram(void *context, const uint8_t *bytes, uint32_t size) {
  (void)context;
  struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)size, PBUF_RAM);
  if (p != NULL) {
    (void)pbuf_take(p, bytes, (u16_t)size);
    (void)udp_send(socket, p);
    (void)pbuf_free(p);
  }
}

static uint32_t receive(void *context, uint8_t *bytes, uint32_t room) {
  (void)context;
  if (!mote_lwip_poll()) {
    return 0;
  }
  struct pbuf *p = waiting[0];
  uint32_t size = p->tot_len < room ? p->tot_len : room;
  (void)pbuf_copy_partial(p, bytes, (u16_t)size, 0);
  (void)pbuf_free(p);
  waiting_count--;
  memmove(waiting, waiting + 1, waiting_count * sizeof waiting[0]);
  return size;
}

mote_datagram_t mote_lwip_start(const mote_ethernet_t *with, const uint8_t server[4], uint16_t port,
                                const mote_datagram_t *of) {
  ip_addr_t address;
  ethernet = with;
  clock = *of;
  IP_ADDR4(&address, server[0], server[1], server[2], server[3]);
  lwip_init();
  if (netif_add(&interface, NULL, NULL, NULL, NULL, start_interface, netif_input) != NULL) {
    netif_set_default(&interface);
    netif_set_up(&interface);
    (void)dhcp_start(&interface);
    socket = udp_new();
  }
  if (socket != NULL && udp_connect(socket, &address, port) == ERR_OK) {
    udp_recv(socket, arrived, NULL);
  }
  mote_datagram_t made = {NULL, ready, send_datagram, receive, NULL, of->now, of->random, false};
  made.context = of->context;
  return made;
}
