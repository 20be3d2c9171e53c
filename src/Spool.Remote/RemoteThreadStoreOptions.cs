using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Spool.Remote;

/// <summary>Says where the server of a <see cref="RemoteThreadStore"/> is and how to speak to it.</summary>
/// <param name="Address">The address: <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>.</param>
public sealed record RemoteThreadStoreOptions(Uri Address)
{
    /// <summary>Gets the bearer token, or null for none. It is sent over TLS and to this machine only, unless
    /// <see cref="AllowTokenInPlaintext"/> is set.</summary>
    public string? Token { get; init; }

    /// <summary>Gets whether the token may be sent over a network without TLS, where every machine on the way can read it.</summary>
    public bool AllowTokenInPlaintext { get; init; }

    /// <summary>Gets the authorities to trust for the server's certificate, as PEM, or null for those that the system trusts.</summary>
    public string? TrustedAuthorities { get; init; }

    /// <summary>Gets the certificate, with its key, by which the client proves who it is, or null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Gets how long to wait for a connection.</summary>
    /// <value>The default value is 5 seconds; at most a day.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long to wait for the answer of a call that reads, or opens or keeps a writer. Streams may take as long as they
    /// need.</summary>
    /// <value>The default value is 30 seconds.</value>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long to wait for the answer of a call that changes a thread.</summary>
    /// <value>The default value is 5 minutes: a fork may copy a long log.</value>
    public TimeSpan ChangeTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets for how long a call that can be repeated is repeated while the server cannot be reached.</summary>
    /// <value>The default value is 10 seconds.</value>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets for how long a writer that lost its connection tries to reach the server again before pending calls end with
    /// <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>.</summary>
    /// <value>The default value is 60 seconds.</value>
    public TimeSpan ResolveFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets for how long a store that is disposed waits for the server: for changes that were sent, and for its writers, which are
    /// shut down. A server that answers is waited for only as long as it takes to answer.</summary>
    /// <value>The default value is 5 seconds. Zero: it waits for nothing.</value>
    public TimeSpan CloseFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the longest pause between two attempts.</summary>
    /// <value>The default value is 2 seconds.</value>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets after how long a silent connection is checked, and how long its answer may take; a connection that fails the check is
    /// given up.</summary>
    /// <value>The default value is 10 seconds; at least 1 second.</value>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets how many bytes of appends one writer may have under way.</summary>
    /// <value>The default value is 8 MiB. A single larger append still goes, alone.</value>
    public int MaxBytesUnderWay { get; init; } = 8 * 1024 * 1024;

    /// <summary>Gets how many bytes of appends that wait at the same time are sent together.</summary>
    /// <value>The default value is 256 KiB.</value>
    public int MaxBatchedBytes { get; init; } = 256 * 1024;

    /// <summary>Gets the largest message to accept.</summary>
    /// <value>The default value is 256 MiB: twice the largest item, and room.</value>
    public int MaxMessageBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Gets who writes through this store, for others who would like to write the same thread.</summary>
    /// <value>The default value is <see cref="WriterOwner.ThisProcess"/>: the machine, the process and the program's name. Without
    /// <see cref="WriterOwner.Since"/> the server adds when the writer was opened.</value>
    public WriterOwner Owner { get; init; } = WriterOwner.ThisProcess;

    /// <summary>Gets what makes the log of the store, of the category <c>Spool.Remote.RemoteThreadStore</c>: connections, writers that are
    /// opened again or lost, and outcomes that are unknown; never what threads say, and no token.</summary>
    /// <value>The default value is null: nothing is logged.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Gets the clock.</summary>
    /// <value>The default value is the system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gives the options as a text for people and logs. It holds no secret: of a token it says only that there is one.</summary>
    public override string ToString() =>
        $"{nameof(RemoteThreadStoreOptions)} {{ {nameof(Address)} = {Server}, {nameof(Token)} = {(Token is null ? "none" : "hidden")} }}";

    // Without a user and a password, which an address could carry.
    internal string Server => Address is { IsAbsoluteUri: true } ? Address.GetLeftPart(UriPartial.Scheme) + Address.Authority : "unknown";
}
