/* Polled; the FIFOs of the chip are all the room that there is.
 * Source: SMSC, "LAN9118 datasheet", revision 1.5. */
#include "port/board/lan9118.h"

#if defined(__ARM_FEATURE_CMSE)
/* AN505: the secure alias. */
#define BASE 0x52000000u
#else
/* AN385, AN386, AN500. */
#define BASE 0x40200000u
#endif

#define REGISTER(offset) (*(volatile uint32_t *)(BASE + (offset)))

enum {
  RX_DATA = 0x00,
  TX_DATA = 0x20,
  RX_STATUS = 0x40,
  TX_STATUS = 0x48,
  BYTE_TEST = 0x64,
  RX_CONFIG = 0x6c,
  TX_CONFIG = 0x70,
  CONFIG = 0x74,
  RX_INFORMATION = 0x7c,
  TX_INFORMATION = 0x80,
  MAC_COMMAND = 0xa4,
  MAC_DATA = 0xa8
};

enum { MAC_CONTROL = 1, MAC_ADDRESS_HIGH = 2, MAC_ADDRESS_LOW = 3 };

#define ORDER 0x87654321u
#define SOFT_RESET 1u
#define TX_FIFO_5_KB (5u << 16)
#define TX_ON 2u
#define MAC_BUSY (1u << 31)
#define MAC_READ (1u << 30)
#define MAC_TRANSMITS (1u << 3)
#define MAC_RECEIVES (1u << 2)
#define FIRST_SEGMENT (1u << 13)
#define LAST_SEGMENT (1u << 12)
#define RX_FAILED (1u << 15)
#define CHECKSUM_BYTES 4u
#define PATIENCE 100000u

static uint32_t read_mac(uint32_t index) {
  REGISTER(MAC_COMMAND) = MAC_BUSY | MAC_READ | index;
  while ((REGISTER(MAC_COMMAND) & MAC_BUSY) != 0) {
  }
  return REGISTER(MAC_DATA);
}

static void write_mac(uint32_t index, uint32_t value) {
  REGISTER(MAC_DATA) = value;
  REGISTER(MAC_COMMAND) = MAC_BUSY | index;
  while ((REGISTER(MAC_COMMAND) & MAC_BUSY) != 0) {
  }
}

static bool start(uint8_t address[6]) {
  if (REGISTER(BYTE_TEST) != ORDER) {
    return false;
  }
  REGISTER(CONFIG) = SOFT_RESET;
  for (uint32_t i = 0; (REGISTER(CONFIG) & SOFT_RESET) != 0; i++) {
    if (i == PATIENCE) {
      return false;
    }
  }
  REGISTER(CONFIG) = TX_FIFO_5_KB;
  REGISTER(RX_CONFIG) = 0;
  REGISTER(TX_CONFIG) = TX_ON;
  uint32_t low = read_mac(MAC_ADDRESS_LOW);
  uint32_t high = read_mac(MAC_ADDRESS_HIGH);
  for (uint32_t i = 0; i < 6; i++) {
    address[i] = (uint8_t)(i < 4 ? low >> 8 * i : high >> 8 * (i - 4));
  }
  write_mac(MAC_CONTROL, MAC_TRANSMITS | MAC_RECEIVES);
  return true;
}

static bool send(const uint8_t *frame, uint32_t size) {
  while ((REGISTER(TX_INFORMATION) >> 16 & 0xff) != 0) {
    (void)REGISTER(TX_STATUS); /* how the ones before went does not matter: whoever sent them asks again */
  }
  if ((REGISTER(TX_INFORMATION) & 0xffff) < size + 16) {
    return false;
  }
  REGISTER(TX_DATA) = FIRST_SEGMENT | LAST_SEGMENT | size;
  REGISTER(TX_DATA) = size;
  for (uint32_t at = 0; at < size; at += 4) {
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4 && at + i < size; i++) {
      word |= (uint32_t)frame[at + i] << 8 * i;
    }
    REGISTER(TX_DATA) = word;
  }
  return true;
}

static uint32_t receive(uint8_t *frame, uint32_t room) {
  if ((REGISTER(RX_INFORMATION) >> 16 & 0xff) == 0) {
    return 0;
  }
  uint32_t status = REGISTER(RX_STATUS);
  uint32_t stored = status >> 16 & 0x3fff;
  uint32_t size = stored > CHECKSUM_BYTES ? stored - CHECKSUM_BYTES : 0;
  for (uint32_t at = 0; at < stored; at += 4) {
    uint32_t word = REGISTER(RX_DATA);
    for (uint32_t i = 0; i < 4 && at + i < size && at + i < room; i++) {
      frame[at + i] = (uint8_t)(word >> 8 * i);
    }
  }
  if ((status & RX_FAILED) != 0) {
    return 0;
  }
  return size < room ? size : room;
}

const mote_ethernet_t mote_lan9118 = {start, send, receive};
