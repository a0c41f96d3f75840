/* What the sample asks of what it runs on: an emulated board, or a process of an operating system. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include "port/crypto.h"
#include "port/datagram.h"
#include "port/flash.h"
#include "settings.h"

/* Once, before all else. Returns the text of `device.conf`, or null. */
char *platform_begin(void);

/* Flash of this many bytes; what stands in it outlives the power. */
mote_flash_t platform_flash(uint32_t bytes);

/* The network, after settings were read. */
mote_datagram_t platform_network(const settings_t *settings);

/* Waits for a datagram, but not longer than this. */
void platform_wait(uint32_t milliseconds);

/* Microseconds, which wrap around. */
uint32_t platform_microseconds(void);

/* The part of `samples.bin` that starts at `offset`; false when it has none of this size. */
bool platform_sample(uint32_t offset, uint8_t *bytes, uint32_t size);

void platform_write(const char *text, uint32_t size);

/* Starts anew, as after the power came back. */
void platform_restart(void);

/* What a compiler must know, for object 33457 and for the runtime. */
typedef struct {
  const char *model;
  const char *architecture;               /* as object 33457 calls it */
  const char *const *extensions;          /* the same */
  const char *core;
  const char *target;
  const char *system;
  const char *kind;                       /* of payloads, for object 33457 */
  uint8_t kind_number;                    /* the same, of a manifest */
  const char *const *architectures;       /* as a manifest calls them */
  uint32_t architecture_count;
  const char *const *features;            /* the same */
  uint32_t feature_count;
  const char *abi;                        /* the same, or null */
  uint32_t clock_hz;
} platform_facts_t;
extern const platform_facts_t platform_facts;

#endif
