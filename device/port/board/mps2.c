/* Arm's MPS2 boards: UART and timer of the Cortex-M System Design Kit. */
#include "board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#if defined(__ARM_FEATURE_CMSE)
/* AN505: the secure aliases. */
#define UART 0x50200000u
#define TIMER 0x50000000u
const uint32_t mote_board_ticks_per_us = 20;
#else
/* AN386. */
#define UART 0x40004000u
#define TIMER 0x40000000u
const uint32_t mote_board_ticks_per_us = 25;
#endif

enum { DATA = 0x0, STATE = 0x4, CONTROL = 0x8, BAUD_DIVIDER = 0x10 };
enum { TRANSMIT_FULL = 1, RECEIVE_FULL = 2 };
enum { TIMER_CONTROL = 0x0, TIMER_VALUE = 0x4, TIMER_RELOAD = 0x8 };

void mote_board_begin(void) {
  REGISTER(UART + BAUD_DIVIDER) = 16;
  REGISTER(UART + CONTROL) = 3; /* transmit and receive */
  REGISTER(TIMER + TIMER_RELOAD) = 0xffffffffu;
  REGISTER(TIMER + TIMER_VALUE) = 0xffffffffu;
  REGISTER(TIMER + TIMER_CONTROL) = 1;
}

void mote_board_read(uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    while ((REGISTER(UART + STATE) & RECEIVE_FULL) == 0) {
    }
    bytes[i] = (uint8_t)REGISTER(UART + DATA);
  }
}

void mote_board_write(const uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    while ((REGISTER(UART + STATE) & TRANSMIT_FULL) != 0) {
    }
    REGISTER(UART + DATA) = bytes[i];
  }
}

/* The timer counts down. */
uint32_t mote_board_clock(void) { return 0xffffffffu - REGISTER(TIMER + TIMER_VALUE); }

void mote_board_reset(void) {
  __asm__ volatile("dsb" ::: "memory");
  REGISTER(0xe000ed0cu) = 0x05fa0004u; /* AIRCR: request a system reset */
  for (;;) {
  }
}
