/* Vector table, reset and faults of a Cortex-M. Clocks, caches and memory protection stay as reset leaves them. */
#include "startup.h"

extern uint32_t mote_stack_top[];
extern uint32_t mote_fault_stack_top[];
extern uint32_t mote_data_start[];
extern uint32_t mote_data_end[];
extern const uint32_t mote_data_load[];
extern uint32_t mote_bss_start[];
extern uint32_t mote_bss_end[];
extern uint32_t mote_ram_start[];
extern uint32_t mote_ram_end[];

#define REGISTER(address) (*(volatile uint32_t *)(address))
enum { FRAME_WORDS = 8, FRAME_LR = 5, FRAME_PC = 6 };

/* On a stack of its own: the fault may be that the stack overflowed. */
__attribute__((used, noreturn)) void mote_take_fault(const uint32_t *frame) {
  uint32_t cause = 0;
  uint32_t address = 0;
#if !defined(__ARM_ARCH_6M__)
  cause = REGISTER(0xe000ed28u); /* CFSR */
  if ((cause & 0x80u) != 0) {
    address = REGISTER(0xe000ed34u); /* MMFAR */
  } else if ((cause & 0x8000u) != 0) {
    address = REGISTER(0xe000ed38u); /* BFAR */
  }
#endif
  const int saved = frame >= mote_ram_start && frame + FRAME_WORDS <= mote_ram_end;
  mote_board_fault(saved ? frame[FRAME_PC] : 0, saved ? frame[FRAME_LR] : 0, cause, address);
  for (;;) {
  }
}

__attribute__((naked, noreturn)) static void on_fault(void) {
  __asm__ volatile(
      "mov r0, sp\n"
      "ldr r1, =mote_fault_stack_top\n"
      "mov sp, r1\n"
      "ldr r1, =mote_take_fault\n"
      "bx r1\n");
}

__attribute__((noreturn)) static void on_reset(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  REGISTER(0xe000ed88u) |= 0xfu << 20; /* CPACR: full access to floating point and vectors */
  __asm__ volatile("dsb\nisb" ::: "memory");
#endif
  const volatile uint32_t *from = mote_data_load;
  for (volatile uint32_t *to = mote_data_start; to < mote_data_end; to++, from++) {
    *to = *from;
  }
  for (volatile uint32_t *word = mote_bss_start; word < mote_bss_end; word++) {
    *word = 0;
  }
  (void)mote_board_main();
  for (;;) {
  }
}

/* What newlib's mathematical functions set; its own is part of a kilobyte of state that only an operating system
 * needs. */
int *__errno(void) {
  static int error;
  return &error;
}

typedef void (*handler_t)(void);

__attribute__((section(".vectors"), used)) static const struct {
  uint32_t *stack;
  handler_t reset;
  handler_t exceptions[14];
} vectors = {
    mote_stack_top,
    on_reset,
    {on_fault, on_fault, on_fault, on_fault, on_fault, on_fault, on_fault, on_fault, on_fault, on_fault, on_fault,
     on_fault, on_fault, on_fault},
};
