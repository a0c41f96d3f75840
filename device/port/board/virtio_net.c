/* Polled, with one descriptor for each frame. Source: OASIS, "Virtual I/O Device (VIRTIO) 1.1", sections 2.6, 4.2, 5.1. */
#include "port/board/virtio_net.h"

#include <string.h>

/* Where QEMU's "virt" for RISC-V has its transports. */
#define FIRST 0x10001000u
enum { TRANSPORTS = 8, DISTANCE = 0x1000 };

enum {
  MAGIC = 0x00,
  VERSION = 0x04,
  DEVICE = 0x08,
  DEVICE_FEATURES = 0x10,
  DEVICE_FEATURES_HALF = 0x14,
  DRIVER_FEATURES = 0x20,
  DRIVER_FEATURES_HALF = 0x24,
  QUEUE = 0x30,
  QUEUE_MOST = 0x34,
  QUEUE_SIZE = 0x38,
  QUEUE_READY = 0x44,
  QUEUE_NOTIFY = 0x50,
  STATUS = 0x70,
  QUEUE_DESCRIPTORS = 0x80,
  QUEUE_DRIVER = 0x90,
  QUEUE_DEVICE = 0xa0,
  ADDRESS = 0x100
};

enum { ACKNOWLEDGED = 1, DRIVER = 2, DRIVER_READY = 4, FEATURES_READY = 8 };

#define MAGIC_NUMBER 0x74726976u
#define NETWORK 1u
#define MODERN 2u
#define HAS_ADDRESS (1u << 5)
#define VERSION_1 1u /* bit 32 */
#define DEVICE_WRITES 2u

enum { RECEIVES, SENDS, QUEUES };
enum { ENTRIES = 8, HEADER = 12 };

typedef struct {
  uint64_t address;
  uint32_t size;
  uint16_t flags;
  uint16_t next;
} descriptor_t;

typedef struct {
  uint16_t flags;
  uint16_t index;
  uint16_t ring[ENTRIES];
} available_t;

typedef struct {
  uint16_t flags;
  uint16_t index;
  struct {
    uint32_t id;
    uint32_t size;
  } ring[ENTRIES];
} used_t;

typedef struct {
  descriptor_t descriptors[ENTRIES] __attribute__((aligned(16)));
  available_t available __attribute__((aligned(4)));
  volatile used_t used __attribute__((aligned(4)));
  uint8_t buffers[ENTRIES][HEADER + MOTE_ETHERNET_MOST_BYTES] __attribute__((aligned(8)));
  uint16_t seen; /* of the used ring */
} queue_t;

static queue_t queues[QUEUES];
static uintptr_t base;

static volatile uint32_t *reg(uint32_t offset) { return (volatile uint32_t *)(base + offset); }

static void barrier(void) { __asm__ volatile("fence" ::: "memory"); }

static bool find(void) {
  for (uint32_t i = 0; i < TRANSPORTS; i++) {
    base = FIRST + i * DISTANCE;
    if (*reg(MAGIC) == MAGIC_NUMBER && *reg(DEVICE) == NETWORK && *reg(VERSION) == MODERN) {
      return true;
    }
  }
  return false;
}

static void place(uint32_t offset, const volatile void *address) {
  *reg(offset) = (uint32_t)(uintptr_t)address;
  *reg(offset + 4) = 0;
}

static bool start_queue(uint32_t index) {
  queue_t *q = &queues[index];
  memset((void *)(uintptr_t)q, 0, sizeof *q);
  *reg(QUEUE) = index;
  if (*reg(QUEUE_MOST) < ENTRIES) {
    return false;
  }
  *reg(QUEUE_SIZE) = ENTRIES;
  place(QUEUE_DESCRIPTORS, q->descriptors);
  place(QUEUE_DRIVER, &q->available);
  place(QUEUE_DEVICE, &q->used);
  for (uint16_t i = 0; i < ENTRIES; i++) {
    q->descriptors[i].address = (uintptr_t)q->buffers[i];
    q->descriptors[i].size = sizeof q->buffers[i];
    q->descriptors[i].flags = index == RECEIVES ? DEVICE_WRITES : 0;
    q->available.ring[i] = i;
  }
  q->available.index = index == RECEIVES ? ENTRIES : 0;
  barrier();
  *reg(QUEUE_READY) = 1;
  return true;
}

static bool start(uint8_t address[6]) {
  if (!find()) {
    return false;
  }
  *reg(STATUS) = 0;
  *reg(STATUS) = ACKNOWLEDGED;
  *reg(STATUS) = ACKNOWLEDGED | DRIVER;
  *reg(DRIVER_FEATURES_HALF) = 0;
  *reg(DRIVER_FEATURES) = HAS_ADDRESS;
  *reg(DRIVER_FEATURES_HALF) = 1;
  *reg(DRIVER_FEATURES) = VERSION_1;
  *reg(STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_READY;
  if ((*reg(STATUS) & FEATURES_READY) == 0 || !start_queue(RECEIVES) || !start_queue(SENDS)) {
    return false;
  }
  *reg(STATUS) = ACKNOWLEDGED | DRIVER | FEATURES_READY | DRIVER_READY;
  *reg(QUEUE_NOTIFY) = RECEIVES;
  for (uint32_t i = 0; i < 6; i++) {
    address[i] = *(volatile uint8_t *)(base + ADDRESS + i);
  }
  return true;
}

static bool send(const uint8_t *frame, uint32_t size) {
  queue_t *q = &queues[SENDS];
  if ((uint16_t)(q->available.index - q->used.index) == ENTRIES || size > MOTE_ETHERNET_MOST_BYTES) {
    return false;
  }
  uint32_t entry = q->available.index % ENTRIES; /* sent in order, so that each is free again in order */
  memset(q->buffers[entry], 0, HEADER);
  memcpy(q->buffers[entry] + HEADER, frame, size);
  q->descriptors[entry].size = HEADER + size;
  q->available.ring[entry] = (uint16_t)entry;
  barrier();
  q->available.index++;
  barrier();
  *reg(QUEUE_NOTIFY) = SENDS;
  return true;
}

static uint32_t receive(uint8_t *frame, uint32_t room) {
  queue_t *q = &queues[RECEIVES];
  if (q->seen == q->used.index) {
    return 0;
  }
  barrier();
  uint32_t id = q->used.ring[q->seen % ENTRIES].id % ENTRIES;
  uint32_t size = q->used.ring[q->seen % ENTRIES].size;
  size = size > HEADER ? size - HEADER : 0;
  size = size < room ? size : room;
  size = size < MOTE_ETHERNET_MOST_BYTES ? size : MOTE_ETHERNET_MOST_BYTES;
  memcpy(frame, q->buffers[id] + HEADER, size);
  q->seen++;
  q->available.ring[q->available.index % ENTRIES] = (uint16_t)id;
  barrier();
  q->available.index++;
  barrier();
  *reg(QUEUE_NOTIFY) = RECEIVES;
  return size;
}

const mote_ethernet_t mote_virtio_net = {start, send, receive};
