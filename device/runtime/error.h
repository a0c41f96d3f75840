/* What can be wrong. Numbers from 6001 on are those of docs/spec/inference-module.md, section 8. */
#ifndef MOTE_ERROR_H
#define MOTE_ERROR_H

typedef enum {
  MOTE_OK = 0,
  /* Of the runtime; the module may be right. */
  MOTE_FLASH_FAILED = 1,     /* erasing or programming failed, or what is read is not what was programmed */
  MOTE_SLOTS_IN_USE = 2,     /* a module is on trial: confirm it or roll it back first */
  MOTE_NOTHING_TO_RESUME = 3, /* no download was interrupted, or its slot is damaged */
  MOTE_NOT_STARTED = 4,      /* there is no installation to go on with */
  MOTE_NO_TRIAL = 5,         /* there is no module on trial */
  MOTE_SELF_TEST_FAILED = 6, /* the module does not compute what it promises */
  MOTE_BAD_LAYOUT = 7,       /* the application's description of the flash does not hold */
  MOTE_BAD_ARENA = 16,       /* the arena is too small for the model, or not aligned */
  MOTE_NO_MODEL = 17,        /* no model was opened, or it does not take rows now */
  MOTE_MODEL_FAILED = 18,    /* a function of the model says so */
  MOTE_NOT_PERMITTED = 19,   /* the application's hook does not permit the inference */
  /* Of the module. */
  MOTE_NOT_A_MODULE = 6001,
  MOTE_MALFORMED = 6002,
  MOTE_NOT_CANONICAL = 6003,
  MOTE_LIMIT = 6004,
  MOTE_FIELD = 6005,
  MOTE_UNKNOWN_KEY = 6006,
  MOTE_UNSUPPORTED_VERSION = 6007,
  MOTE_COMMANDS = 6008,
  MOTE_MANIFEST_DIGEST = 6009,
  MOTE_NOT_TRUSTED = 6010,
  MOTE_BAD_SIGNATURE = 6011,
  MOTE_REVOKED = 6012,
  MOTE_ROLLBACK = 6013,
  MOTE_TARGET = 6014,
  MOTE_PAYLOAD_SIZE = 6020,
  MOTE_PAYLOAD_DIGEST = 6021,
  MOTE_PAYLOAD_ABSENT = 6022,
  MOTE_CONTENT_KEY = 6023,
  MOTE_DELTA_BASE = 6024,
  MOTE_NOT_A_DELTA = 6025,
  MOTE_ENTRY_TABLE = 6026,
  MOTE_TRUST_LIST = 6031
} mote_error_t;

#endif
