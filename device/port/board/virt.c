/* QEMU's RISC-V machine "virt": a 16550 UART, the timer of its interruptor, and its test device. */
#include "board.h"

#define UART_DATA (*(volatile uint8_t *)0x10000000u)
#define UART_FIFO (*(volatile uint8_t *)0x10000002u)
#define UART_STATUS (*(volatile uint8_t *)0x10000005u)
#define TIMER (*(volatile uint32_t *)0x0200bff8u)
#define TEST_DEVICE (*(volatile uint32_t *)0x00100000u)

enum { RECEIVE_READY = 0x01, TRANSMIT_EMPTY = 0x20 };

const uint32_t mote_board_ticks_per_us = 10;

void mote_board_begin(void) { UART_FIFO = 1; }

void mote_board_read(uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    while ((UART_STATUS & RECEIVE_READY) == 0) {
    }
    bytes[i] = UART_DATA;
  }
}

void mote_board_write(const uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    while ((UART_STATUS & TRANSMIT_EMPTY) == 0) {
    }
    UART_DATA = bytes[i];
  }
}

uint32_t mote_board_clock(void) { return TIMER; }

void mote_board_reset(void) {
  for (;;) {
    TEST_DEVICE = 0x7777;
  }
}
