/* What an application asks of a board: a line to talk over, a clock, a reset. A real board has its own; see README.md. */
#ifndef MOTE_BOARD_H
#define MOTE_BOARD_H

#include <stdint.h>

/* Once, before anything else here. */
void mote_board_begin(void);

/* Both wait until all bytes went over the line. */
void mote_board_read(uint8_t *bytes, uint32_t size);
void mote_board_write(const uint8_t *bytes, uint32_t size);

/* Counts up, mote_board_ticks_per_us times in a microsecond, and wraps around. */
uint32_t mote_board_clock(void);
extern const uint32_t mote_board_ticks_per_us;

/* Lets the processor sleep for about so many microseconds, at most 100,000. */
void mote_board_sleep(uint32_t microseconds);

/* Starts anew, as after the power came back. */
void mote_board_reset(void);

#endif
