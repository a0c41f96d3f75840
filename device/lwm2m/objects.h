/* The objects of a device that runs modules, but for object 9: Server (1) and Device (3) as far as a device without a clock and a
 * battery has them, Mote Inference (33457), Mote Module (33458). */
#ifndef MOTE_LWM2M_OBJECTS_H
#define MOTE_LWM2M_OBJECTS_H

#include "lwm2m/software.h"

#define MOTE_SERVER_ID 1u
#define MOTE_DEVICE_ID 3u
#define MOTE_INFERENCE_ID 33457u
#define MOTE_MODULE_ID 33458u

/* Resources of 33458 that are sent. */
enum { MOTE_MODULE_INFERENCES = 7, MOTE_MODULE_MEAN = 8, MOTE_MODULE_LONGEST = 9, MOTE_MODULE_CLASS = 10, MOTE_MODULE_SCORE = 11,
       MOTE_MODULE_SELF_TEST = 12 };

/* Object 1. */
mote_object_t mote_server_object(mote_lwm2m_t *client);

/* Object 3. */
typedef struct {
  const char *manufacturer;
  const char *model;
  const char *serial;
  const char *firmware;
  uint32_t memory_free; /* bytes */
  void *context;
  void (*reboot)(void *context);
  bool reboot_wanted; /* the application starts anew when it is convenient: the answer goes first */
} mote_device_facts_t;
mote_object_t mote_device_object(mote_device_facts_t *facts);

/* Object 33457; lists end with a null, numbers that are 0 are not told. */
typedef struct {
  const char *architecture;
  const char *const *extensions;
  const char *core;
  const char *target;
  const char *operating_system;
  const char *const *kinds;
  const char *const *features;
  uint32_t clock_hz;
  uint32_t ram_bytes;
  uint32_t ram_free;
  uint32_t flash_bytes;
  uint32_t flash_free;
  uint32_t abi;
  uint32_t slots;
} mote_inference_facts_t;
mote_object_t mote_inference_object(const mote_inference_facts_t *facts);

/* Object 33458: what the module in use did since the start. */
typedef struct {
  const mote_software_t *software;
  bool ran; /* class and score are there */
  uint32_t inferences;
  uint32_t mean_us;
  uint32_t longest_us;
  int32_t last_class;
  float last_score;
  char identity[37]; /* room to write it */
} mote_module_facts_t;
mote_object_t mote_module_object(mote_module_facts_t *facts, uint8_t slots);

#endif
