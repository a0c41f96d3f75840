package dev.mote.emulator;

/// A function or an object in a linked program.
///
/// @param name its name in C, or in assembly
/// @param bytes what it takes of the memory
/// @param code whether it is a function
public record ImageSymbol(String name, long bytes, boolean code) {}
