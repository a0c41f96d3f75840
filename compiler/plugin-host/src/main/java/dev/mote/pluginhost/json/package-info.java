/// JSON from strangers: bounded, strict, and read member by member.
@org.jspecify.annotations.NullMarked
package dev.mote.pluginhost.json;
