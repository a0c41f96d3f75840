package dev.mote.service.device;

import dev.mote.service.database.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What the service asks of devices by itself: to tell values, and what they can do.
final class Enquiries {

  /// A device that has not been answered for so long has given up telling (MAX_TRANSMIT_WAIT of RFC
  /// 7252), and what it was asked to tell with it (RFC 7641, 4.5).
  private static final Duration GIVEN_UP = Duration.ofSeconds(90);

  private static final Duration PATIENCE = Duration.ofDays(7);

  /// Different lists of objects whose reading is kept.
  static final int MOST_LINKS = 200;

  private final DeviceSettings settings;
  private final Instant started;
  private final Memo<String, DeviceLinks> links = new Memo<>(MOST_LINKS, DeviceLinks::of);

  /// @param started when this process did
  Enquiries(DeviceSettings settings, Instant started) {
    this.settings = settings;
    this.started = started;
  }

  static boolean isOtherLinks(Contacts.Before before, Contacts.Contact contact) {
    return contact.links() != null && !contact.links().equals(before.links());
  }

  /// Whether a device is to be asked to tell its values from now on. Observations end with the
  /// registration, and all the same without one: when the device could not answer the question, or
  /// found nobody to tell.
  boolean areDue(Contacts.Before before, Contacts.Contact contact, Instant now) {
    if (contact.state() == DeviceState.OFFLINE) {
      return false;
    }
    if (contact.isRegistration() || isOtherLinks(before, contact)) {
      return true;
    }
    Instant observed = before.observed();
    if (observed == null) {
      return true;
    }
    Instant heard = before.lastContact() == null ? observed : before.lastContact();
    boolean wasSilent = heard.isBefore(now.minus(GIVEN_UP));
    return wasSilent && (heard.isBefore(started) || isOld(observed, settings.observationAge(), now))
        || isOld(observed, settings.capabilityAge(), now);
  }

  /// The objects that a device says it has, or said before.
  DeviceLinks links(Contacts.Before device, Contacts.Contact contact) {
    return links.of(
        Optional.ofNullable(contact.links())
            .or(() -> Optional.ofNullable(device.links()))
            .orElse(""));
  }

  /// Asks what a device can do when that may have changed.
  Optional<QueuedRequest> reading(Contacts.Before device, Contacts.Contact contact, Instant now) {
    return isOtherLinks(device, contact) || contact.isRegistration() && isUnread(device, now)
        ? Optional.of(
            new QueuedRequest(
                Ids.next(),
                device.tenant(),
                device.id(),
                device.endpoint(),
                CapabilityReader.ORIGIN,
                Optional.empty(),
                links(device, contact).reading(),
                now.plus(PATIENCE)))
        : Optional.empty();
  }

  private boolean isUnread(Contacts.Before device, Instant now) {
    return device.readAt() == null || isOld(device.readAt(), settings.capabilityAge(), now);
  }

  private static boolean isOld(Instant time, Duration age, Instant now) {
    return time.isBefore(now.minus(age));
  }
}
