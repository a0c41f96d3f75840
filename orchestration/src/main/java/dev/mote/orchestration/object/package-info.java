/// What devices tell of themselves: objects of LwM2M and what their resources mean to Mote.
///
/// ```java
/// CapabilityReading reading = CapabilityReading.of(values);   // what was read, by path
/// Capabilities device = reading.capabilities();
/// reading.doubts();                                           // what the device said and cannot
/// be
/// ```
///
/// Standard objects say what they can: 3 (device), 5 and 9 (updates), 19 (binary data), those of
/// IPSO (sensors). [MoteObjects] are the two that say the rest; their definitions lie beside as DDF
/// files.
@NullMarked
package dev.mote.orchestration.object;

import org.jspecify.annotations.NullMarked;
