/// Choosing among compilers: all are asked, those that serve are ranked, and the choice is
/// explained.
@org.jspecify.annotations.NullMarked
package dev.mote.pluginhost.choice;
