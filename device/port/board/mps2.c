/* Arm's MPS2 boards: a timer of the Cortex-M System Design Kit. */
#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#if defined(__ARM_FEATURE_CMSE)
/* AN505: the secure alias. */
#define TIMER 0x50000000u
const uint32_t mote_board_ticks_per_us = 20;
#else
/* AN386. */
#define TIMER 0x40000000u
const uint32_t mote_board_ticks_per_us = 25;
#endif

enum { TIMER_CONTROL = 0x0, TIMER_VALUE = 0x4, TIMER_RELOAD = 0x8 };

void mote_board_begin(void) {
  REGISTER(TIMER + TIMER_RELOAD) = 0xffffffffu;
  REGISTER(TIMER + TIMER_VALUE) = 0xffffffffu;
  REGISTER(TIMER + TIMER_CONTROL) = 1;
}

/* The timer counts down. */
uint32_t mote_board_clock(void) { return 0xffffffffu - REGISTER(TIMER + TIMER_VALUE); }

/* The interrupt of the system timer wakes the processor, and is never taken. */
void mote_board_sleep(uint32_t microseconds) {
  __asm__ volatile("cpsid i" ::: "memory");
  REGISTER(0xe000e014u) = microseconds * mote_board_ticks_per_us; /* SYST_RVR */
  REGISTER(0xe000e018u) = 0;                                       /* SYST_CVR: start there */
  REGISTER(0xe000e010u) = 7;                                       /* SYST_CSR: on, with interrupt, of the processor's clock */
  __asm__ volatile("dsb\nwfi" ::: "memory");
  REGISTER(0xe000e010u) = 0;
  REGISTER(0xe000ed04u) = 1u << 25; /* ICSR: it is not pending any more */
  __asm__ volatile("dsb\nisb\ncpsie i" ::: "memory");
}

void mote_board_reset(void) {
  __asm__ volatile("dsb" ::: "memory");
  REGISTER(0xe000ed0cu) = 0x05fa0004u; /* AIRCR: request a system reset */
  for (;;) {
  }
}
