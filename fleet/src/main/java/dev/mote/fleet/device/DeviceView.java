package dev.mote.fleet.device;

import java.util.Optional;

/// What can be seen of a virtual device from outside, at one moment.
///
/// @param index in the fleet, from 0 on
/// @param endpoint its name
/// @param behaviour what is wrong with it
/// @param state where it is in its life
/// @param location of its registration, as the server gave it; empty when it has none
/// @param softwareState Update State of object 9
/// @param softwareResult Update Result of object 9
/// @param softwareVersion PkgVersion of object 9
/// @param firmwareState State of object 5
/// @param firmwareResult Update Result of object 5
/// @param firmwareVersion PkgVersion of object 5
/// @param running the module that runs
/// @param installations how often a package was installed
/// @param observations how many there are
public record DeviceView(
    int index,
    String endpoint,
    Behaviour behaviour,
    VirtualDevice.State state,
    String location,
    int softwareState,
    int softwareResult,
    String softwareVersion,
    int firmwareState,
    int firmwareResult,
    String firmwareVersion,
    Optional<Received> running,
    int installations,
    int observations) {}
