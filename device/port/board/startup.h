/* What the start-up code of a board calls. */
#ifndef MOTE_STARTUP_H
#define MOTE_STARTUP_H

#include <stdint.h>

/* The program: called after a reset with a stack, and with data and zeroed memory in place. */
int mote_board_main(void);

/* The processor faulted: on a stack of its own, with nothing else to rely on. */
void mote_board_fault(uint32_t program_counter, uint32_t return_address, uint32_t cause, uint32_t address);

#endif
