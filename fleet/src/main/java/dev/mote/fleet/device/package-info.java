/// A virtual device: its CoAP endpoint ([Conversation]), what it can be asked ([Resources]), the
/// packages that it takes ([UpdateSlot], [Reception]) and its life ([VirtualDevice]): power,
/// registration, sleep, and the faults that it has.
///
/// A device lives on the thread of its loop; nothing here is shared between threads but [Tally] and
/// [Packages].
@org.jspecify.annotations.NullMarked
package dev.mote.fleet.device;
