-- Which devices run a module: for lineage, and so that it is not deleted while they do.
create index device_module on device (tenant, module_identity, module_version) where module_identity is not null;
