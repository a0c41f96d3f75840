/* QEMU's RISC-V machine "virt": the timer of its interruptor, and its test device. */
#include "board.h"

#define TIMER (*(volatile uint32_t *)0x0200bff8u)
#define TEST_DEVICE (*(volatile uint32_t *)0x00100000u)

const uint32_t mote_board_ticks_per_us = 10;

void mote_board_begin(void) {}

uint32_t mote_board_clock(void) { return TIMER; }

void mote_board_reset(void) {
  for (;;) {
    TEST_DEVICE = 0x7777;
  }
}
