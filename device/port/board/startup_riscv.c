/* Reset and traps of a 32-bit RISC-V hart in machine mode. */
#include "startup.h"

extern uint32_t mote_data_start[];
extern uint32_t mote_data_end[];
extern const uint32_t mote_data_load[];
extern uint32_t mote_bss_start[];
extern uint32_t mote_bss_end[];

/* The control and status registers are encoded by hand: compilers differ on whether rv32imc includes them. */
#define READ_MEPC ".word 0x34102573\n"    /* csrr a0, mepc */
#define READ_MCAUSE ".word 0x34202673\n"  /* csrr a2, mcause */
#define READ_MTVAL ".word 0x343026f3\n"   /* csrr a3, mtval */
#define WRITE_MTVEC ".word 0x30551073\n"  /* csrw mtvec, a0 */

__attribute__((naked, aligned(4))) void mote_trap(void) {
  __asm__ volatile(
      READ_MEPC
      "mv a1, ra\n"
      READ_MCAUSE
      READ_MTVAL
      "la sp, mote_fault_stack_top\n"
      "j mote_board_fault\n");
}

__attribute__((used, noreturn)) void mote_board_start(void) {
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

__attribute__((naked, section(".vectors"), used)) void mote_reset(void) {
  __asm__ volatile(
      ".option push\n"
      ".option norelax\n"
      "la gp, __global_pointer$\n"
      ".option pop\n"
      "la sp, mote_stack_top\n"
      "la a0, mote_trap\n"
      WRITE_MTVEC
      "j mote_board_start\n");
}
