namespace Spool.Server;

/// <summary>What is served, and to whom, by whatever web server: what <c>services.AddSpoolServer</c> takes.
/// <see cref="SpoolServerOptions"/> adds what a server of its own needs.</summary>
public record SpoolServiceOptions
{
    /// <summary>Gets what gives the store of a tenant, by its name as the tokens say it; without one, and without tokens, that is
    /// <c>default</c>. It is called once for each tenant, and again where it failed; the server does not dispose the store. Two tenants
    /// never share one: the start fails, or the first call of a tenant that came later.</summary>
    public required Func<string, IThreadStore> StoreOf { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets the version that the server says it has.</summary>
    public string Version { get; init; } = "unknown";

    /// <summary>Gets who may call, or null to let every client that reaches the server read and write.</summary>
    public TokenTable? Tokens { get; init; }

    /// <summary>Gets what gives the tokens that are valid from now on, or null when they are still those of the last time. It is asked once
    /// a second.</summary>
    /// <value>The default value is null: <see cref="Tokens"/> stay as they are.</value>
    /// <remarks>A <see cref="ThreadStoreException"/> that it throws goes to the log, and the tokens before stay valid. A token that is not
    /// there any more is refused at once, and streams that were opened with it are ended.</remarks>
    public Func<CancellationToken, ValueTask<TokenTable?>>? RereadTokens { get; init; }

    /// <summary>Gets the limits.</summary>
    public ServerLimits Limits { get; init; } = new();

    /// <summary>Gets how long a writer without calls stays open, which is also how long a lease lasts.</summary>
    /// <value>The default value is 30 seconds, the longest 30 days. A longer time keeps other programs from writing the thread, a shorter
    /// one costs more opening.</value>
    public TimeSpan WriterIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a thread that was announced and never written is remembered.</summary>
    /// <value>The default value is one day, the longest 30 days. It costs the memory of the announcement, a few tens of kilobytes;
    /// <see cref="ServerLimits.MaxAnnouncedBytes"/> bounds it.</value>
    public TimeSpan AnnouncementIdle { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Gets for how long after its start the server waits for addresses and threads that another program has: its predecessor,
    /// which is being stopped and stores its pending items.</summary>
    /// <value>The default value is two seconds, the longest 30 days. After that the start fails when an address is in use, and a thread
    /// with a writer is refused at once.</value>
    public TimeSpan TakeoverTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range. The message names the option, its range and the
    /// value.</exception>
    internal void Check()
    {
        OptionRange.Check(StoreOf is not null, nameof(StoreOf), StoreOf, "be given");
        OptionRange.Check(Time is not null, nameof(Time), Time, "be given");
        OptionRange.Check(Version is not null, nameof(Version), Version, "be given");
        OptionRange.Time(WriterIdle, TimeSpan.FromMilliseconds(10), nameof(WriterIdle));
        OptionRange.Time(AnnouncementIdle, TimeSpan.FromMilliseconds(10), nameof(AnnouncementIdle));
        OptionRange.Time(TakeoverTime, TimeSpan.Zero, nameof(TakeoverTime));
        OptionRange.Check(Limits is not null, nameof(Limits), Limits, "be given");
        Limits!.Check();
    }
}
