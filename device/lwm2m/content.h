/* Values of objects as bytes, in the formats that servers ask for: plain text, opaque, TLV (OMA LwM2M 1.1 Core, section 7.4.5),
 * SenML-CBOR (RFC 8428), and links (RFC 6690) for Discover. */
#ifndef MOTE_LWM2M_CONTENT_H
#define MOTE_LWM2M_CONTENT_H

#include "lwm2m/object.h"

/* The format in which `path` is answered to one who accepts `accept`, or MOTE_NO_FORMAT for any; MOTE_NO_FORMAT when there is
 * none. */
uint16_t mote_content_format(const mote_tree_t *tree, const mote_path_t *path, uint16_t accept);

/* Writes what is readable at `path`. False when nothing is, or it cannot be written so. */
bool mote_content_write(const mote_tree_t *tree, const mote_path_t *path, uint16_t format, mote_sink_t *sink);

/* One SenML-CBOR of all that is at several paths. */
void mote_senml_write(const mote_tree_t *tree, const mote_path_t *paths, uint32_t count, mote_sink_t *sink);

/* What there is at a path, for Discover; and all of the device, for a registration. */
void mote_links_write(const mote_tree_t *tree, const mote_path_t *path, mote_sink_t *sink);
void mote_links_register(const mote_tree_t *tree, mote_sink_t *sink);

/* Is given each value that a server writes; answers with a code of CoAP. */
typedef uint8_t mote_take_t(void *context, const mote_path_t *path, const mote_value_t *value);

/* Reads what a server writes to `path`, an instance or what is below. MOTE_COAP_CHANGED when all was taken, otherwise the first
 * code that was not this, or that of what is wrong with the bytes. */
uint8_t mote_content_read(const mote_tree_t *tree, const mote_path_t *path, uint16_t format, mote_bytes_t bytes, mote_take_t *take,
                          void *context);

/* Parts of it, for tlv.c, senml.c and text.c. */
bool mote_tlv_write(const mote_object_t *object, const mote_path_t *path, mote_sink_t *sink);
uint8_t mote_tlv_read(const mote_tree_t *tree, const mote_path_t *path, mote_bytes_t bytes, mote_take_t *take, void *context);
/* The head of a TLV: bytes of it, 0 when it is none; its value may go on behind `bytes`. */
typedef struct {
  uint8_t kind;
  uint16_t id;
  uint32_t size;
} mote_tlv_t;
enum { MOTE_TLV_INSTANCE, MOTE_TLV_RESOURCE_INSTANCE, MOTE_TLV_MULTIPLE, MOTE_TLV_RESOURCE };
uint32_t mote_tlv_head(mote_bytes_t bytes, mote_tlv_t *tlv);

uint8_t mote_senml_read(const mote_tree_t *tree, const mote_path_t *path, mote_bytes_t bytes, mote_take_t *take, void *context);

void mote_text_write(const mote_value_t *value, mote_sink_t *sink);
/* False when the text is no such value. */
bool mote_text_read(mote_bytes_t text, uint8_t type, mote_value_t *value);
/* "/3/0/9" and "3/0/9"; false for anything else, such as more parts than a path has. */
bool mote_path_read(mote_bytes_t text, mote_path_t *path);
void mote_path_write(const uint16_t *ids, uint32_t count, mote_sink_t *sink);

#endif
