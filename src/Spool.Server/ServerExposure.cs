namespace Spool.Server;

/// <summary>Refuses to serve threads to every machine of a network.</summary>
static class ServerExposure
{
    /// <summary>Checks the addresses of a server.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: one is not secured.</exception>
    public static void Check(SpoolServerOptions options)
    {
        options.Check();
        OptionRange.Check(options.Addresses is not null, nameof(options.Addresses), options.Addresses, "be given");
        OptionRange.Time(options.DrainTimeout, TimeSpan.Zero, nameof(options.DrainTimeout));
        DefinedValues.Check(options.Exposure);
        foreach (var address in options.Addresses!)
            DefinedValues.Check(address.Scheme);
        if (options.Addresses.Count == 0)
            throw ThreadStoreException.InvalidRequest("There is no address to listen on.");
        if (
            options
                .Addresses.Where(address => address.EndPoint.Port != 0)
                .GroupBy(address => address.EndPoint)
                .FirstOrDefault(same => same.Count() > 1) is
            { } twice
        )
            throw ThreadStoreException.InvalidRequest($"{twice.Key} is there twice among the addresses to listen on.");
        if (options.Tls is not null && options.Addresses.All(address => address.Scheme != ListenScheme.Https))
            throw ThreadStoreException.InvalidRequest("There is a certificate, and no address to listen on is https.");
        foreach (var address in options.Addresses)
        {
            if (address.Scheme == ListenScheme.Https && options.Tls is null)
                throw ThreadStoreException.InvalidRequest($"{address} needs a certificate and its key (--tls-cert, --tls-key).");
            if (address.IsLoopback || options.Exposure == Exposure.Unsecured)
                continue;
            if (address.Scheme != ListenScheme.Https)
                throw ThreadStoreException.InvalidRequest(
                    $"{address} can be reached from other machines and has to be https, with a certificate, or --insecure be given, where a proxy or a closed network takes care of it."
                );
            if (options.Tokens is null && options.Tls?.ClientAuthorities is null)
                throw ThreadStoreException.InvalidRequest(
                    $"{address} can be reached from other machines and needs tokens (--token-file) or client certificates (--client-ca)."
                );
        }
    }
}
