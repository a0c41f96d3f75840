package dev.mote.service.device;

import dev.mote.service.device.Contacts.Before;
import dev.mote.service.device.Contacts.Contact;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Devices of this process of which another word changes nothing but the time of their last
/// contact: their state and their objects are as they were, no update of them runs, and nothing
/// waits for them. The database is not asked about these, and their times are written together,
/// now and then.
///
/// What is known of a device is worth nothing any more when there is news of its requests
/// ([EmptyQueues]), and when it does something else than before; the database is looked at then.
/// Each writing looks at it as well, so that what nobody told this process is found out with it.
final class SteadyDevices {

  private final int most;
  private final Clock clock;
  private final Duration fresh;
  private final Enquiries enquiries;
  private final EmptyQueues queues;
  private final Wishes wishes;
  private final Map<String, Steady> known = new ConcurrentHashMap<>();

  /// @param most devices that are known
  /// @param fresh age of a written contact below which a newer one is not written
  SteadyDevices(
      int most,
      Clock clock,
      Duration fresh,
      Enquiries enquiries,
      EmptyQueues queues,
      Wishes wishes) {
    this.most = most;
    this.clock = clock;
    this.fresh = fresh;
    this.enquiries = enquiries;
    this.queues = queues;
    this.wishes = wishes;
  }

  /// A device as the database has it, and what it does not have yet.
  private static final class Steady {
    private Before before;
    private final int stamp;
    private @Nullable Instant heard;
    private int registrations;
    private boolean isDoubted;
    private boolean isGone;

    Steady(Before before, int stamp) {
      this.before = before;
      this.stamp = stamp;
    }

    /// Takes out what is not written.
    Optional<Contact> unwritten() {
      Instant at = heard;
      if (at == null) {
        return Optional.empty();
      }
      Contact contact =
          new Contact(before.endpoint(), registrations, at, before.state(), null, true);
      before = before.heard(at);
      heard = null;
      registrations = 0;
      return Optional.of(contact);
    }
  }

  /// A device was found to be steady.
  ///
  /// @param stamp of [EmptyQueues], from before the database was looked at
  void add(Before before, int stamp) {
    Optional<Contact> unwritten = remove(before.endpoint());
    if (known.size() < most) {
      known.put(before.endpoint(), new Steady(before, stamp));
    }
    unwritten.ifPresent(contact -> notWritten(List.of(contact)));
  }

  /// Notes a contact that changes nothing else.
  ///
  /// @return whether it is one; otherwise the caller takes the device out, and asks the database
  boolean takes(Contact contact) {
    Steady steady = known.get(contact.endpoint());
    if (steady == null) {
      return false;
    }
    synchronized (steady) {
      if (!isValid(steady) || !changesNothing(steady, contact)) {
        return false;
      }
      if (contact.isRegistration()) {
        wishes.fresh(contact.endpoint(), enquiries.links(steady.before, contact));
      }
      queues.nothing(contact.endpoint(), steady.stamp);
      steady.heard = contact.at();
      steady.registrations += contact.registrations();
      return true;
    }
  }

  private boolean isValid(Steady steady) {
    return !steady.isGone
        && !steady.isDoubted
        && steady.stamp == queues.stamp(steady.before.endpoint());
  }

  private boolean changesNothing(Steady steady, Contact contact) {
    Before before = steady.heard == null ? steady.before : steady.before.heard(steady.heard);
    return contact.state() == before.state()
        && enquiries.reading(before, contact, contact.at()).isEmpty()
        && (contact.isRegistration() || !enquiries.areDue(before, contact, contact.at()));
  }

  /// A device said something that has nothing to do with its registration.
  ///
  /// @return whether it is noted
  boolean heard(String endpoint, Instant at) {
    Steady steady = known.get(endpoint);
    if (steady == null) {
      return false;
    }
    synchronized (steady) {
      if (!isValid(steady)) {
        return false;
      }
      steady.heard = at;
      return true;
    }
  }

  /// Takes a device out: it does something else than before.
  ///
  /// @return what was not written of it
  Optional<Contact> remove(String endpoint) {
    Steady steady = known.remove(endpoint);
    if (steady == null) {
      return Optional.empty();
    }
    synchronized (steady) {
      steady.isGone = true;
      return steady.unwritten();
    }
  }

  /// What is known may be wrong.
  void doubt() {
    for (Steady steady : known.values()) {
      synchronized (steady) {
        steady.isDoubted = true;
      }
    }
  }

  /// Takes out what is to be written now.
  ///
  /// @param isAll also what was written a short while ago
  List<Contact> due(boolean isAll) {
    Instant until = clock.instant().minus(fresh);
    List<Contact> due = new ArrayList<>();
    for (Steady steady : known.values()) {
      synchronized (steady) {
        Instant written = steady.before.lastContact();
        if (isAll || written == null || written.isBefore(until)) {
          steady.unwritten().ifPresent(due::add);
        }
      }
    }
    return due;
  }

  /// Takes back what could not be written.
  void notWritten(List<Contact> contacts) {
    for (Contact contact : contacts) {
      Steady steady = known.get(contact.endpoint());
      if (steady != null) {
        synchronized (steady) {
          steady.heard = steady.heard == null ? contact.at() : steady.heard;
          steady.registrations += contact.registrations();
        }
      }
    }
  }
}
