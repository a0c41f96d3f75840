/// Filters over devices, written like `state==ONLINE;(tag.site==berlin,tag.site==bonn)`.
///
/// One text has two readings that agree: a condition of SQL, with every value as a parameter, and a
/// predicate on one device in memory. Whatever the text is, reading it ends soon, in a filter or in
/// a refusal that says where and what was meant.
///
/// ```java
/// DeviceFilter filter = DeviceFilter.parse("model==nucleo* and ramFree>=64kB");
/// List<Device> some = devices.list(tenant, filter.condition(now), Optional.empty(), 100);
/// boolean one = filter.condition(now).matches().test(device);
/// ```
@NullMarked
package dev.mote.service.device.filter;

import org.jspecify.annotations.NullMarked;
