/* QEMU's RISC-V machine "virt": the timer of its interruptor, and its test device. */
#include "board.h"

#define TIMER (*(volatile uint32_t *)0x0200bff8u)
#define TIMER_COMPARE (*(volatile uint32_t *)0x02004000u)
#define TIMER_COMPARE_HIGH (*(volatile uint32_t *)0x02004004u)
#define TEST_DEVICE (*(volatile uint32_t *)0x00100000u)

const uint32_t mote_board_ticks_per_us = 10;

void mote_board_begin(void) {}

uint32_t mote_board_clock(void) { return TIMER; }

/* The interrupt of the timer wakes the hart, and is never taken: mstatus says so after a reset. The registers are encoded by
 * hand, as in startup_riscv.c. */
void mote_board_sleep(uint32_t microseconds) {
  uint64_t end = *(volatile uint64_t *)0x0200bff8u + (uint64_t)microseconds * mote_board_ticks_per_us;
  TIMER_COMPARE_HIGH = 0xffffffffu;
  TIMER_COMPARE = (uint32_t)end;
  TIMER_COMPARE_HIGH = (uint32_t)(end >> 32);
  register uint32_t bit __asm__("a0") = 1u << 7;
  __asm__ volatile(
      ".word 0x30451073\n" /* csrw mie, a0 */
      "wfi\n" ::"r"(bit)
      : "memory");
  TIMER_COMPARE_HIGH = 0xffffffffu;
}

void mote_board_reset(void) {
  for (;;) {
    TEST_DEVICE = 0x7777;
  }
}
