using Spool.Remote;

namespace Spool.Cli;

/// <summary>Opens stores behind servers.</summary>
static class RemoteStores
{
    // A person waits at the terminal: long enough for a server that is being started again, short enough for one that is not there.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Opens the store of a server.</summary>
    /// <param name="address">The server's address.</param>
    /// <param name="tokenFile">The file with the token, or null for the environment's.</param>
    /// <param name="authoritiesFile">The file with the authorities to trust, or null for the system's.</param>
    /// <param name="context">The outside world.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the address or a file is wrong;
    /// <see cref="ThreadStoreErrorCode.Unauthenticated"/>: the server refuses the token; <see cref="ThreadStoreErrorCode.Unavailable"/>: it
    /// cannot be reached.</exception>
    public static async ValueTask<IThreadStore> OpenAsync(
        string address,
        string? tokenFile,
        string? authoritiesFile,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            throw ThreadStoreException.InvalidRequest("The address of a server is http://HOST:PORT or https://HOST:PORT.");
        if (tokenFile is null)
            context.RequireText(CommandContext.RemoteTokenVariable);
        var token = tokenFile is null ? context.RemoteToken : (await InputFiles.ReadAsync(tokenFile, context, cancellationToken)).Trim();
        var options = new RemoteThreadStoreOptions(uri)
        {
            Token = token,
            TrustedAuthorities = authoritiesFile is null ? null : await InputFiles.ReadAsync(authoritiesFile, context, cancellationToken),
            RetryFor = Patience,
            Owner = context.Owner ?? WriterOwner.ThisProcess,
        };
        try
        {
            return await ConnectAsync(options, cancellationToken);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Unauthenticated)
        {
            throw e.Again(
                string.IsNullOrEmpty(token)
                    ? "The server wants a token, and none was given; give one with --remote-token-file or SPOOL_TOKEN."
                    : $"The server refused the token of {(tokenFile is null ? "SPOOL_TOKEN" : "--remote-token-file")}."
            );
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Unavailable)
        {
            throw e.Again($"{e.Message} The address is {uri.GetLeftPart(UriPartial.Authority)}; is spool serve running there?");
        }
    }

    static async Task<RemoteThreadStore> ConnectAsync(RemoteThreadStoreOptions options, CancellationToken cancellationToken)
    {
        RemoteThreadStore store;
        try
        {
            store = new RemoteThreadStore(options);
        }
        catch (ArgumentException e)
        {
            throw ThreadStoreException.InvalidRequest(e.Message);
        }
        try
        {
            await store.ConnectAsync(cancellationToken);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }
}
