namespace Spool;

/// <summary>Who writes a thread.</summary>
/// <param name="Host">The machine, or null when unknown.</param>
/// <param name="ProcessId">The process, or null when unknown.</param>
/// <param name="Program">The program, or null when unknown.</param>
/// <param name="Since">Since when, or null when unknown.</param>
public sealed record WriterOwner(string? Host, int? ProcessId, string? Program, DateTimeOffset? Since)
{
    /// <summary>Gets this process: its machine, its id and its name, without a time. It is who writes through a store where nothing else is
    /// said.</summary>
    public static WriterOwner ThisProcess => OwnProcess.Owner;

    /// <summary>The longest name of a host or a program, in UTF-16 characters. The end of a longer one is cut off and "…" stands for
    /// it.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Gets the host, or null. It is one line of text.</summary>
    public string? Host
    {
        get;
        init => field = OwnerName.Of(value);
    } = OwnerName.Of(Host);

    /// <summary>Gets the program, or null. It is one line of text.</summary>
    public string? Program
    {
        get;
        init => field = OwnerName.Of(value);
    } = OwnerName.Of(Program);

    /// <summary>Gets within which time the owner loses the right to write at the latest if it has died; or null when that is not known. A
    /// writer of this machine has no such time: its right ends with its process.</summary>
    /// <value>It is the time that is left of a lease, which a writer that lives renews again and again.</value>
    public TimeSpan? LeaseLeft { get; init; }

    /// <summary>Describes the owner for a person.</summary>
    public override string ToString() =>
        (Program ?? "another program")
        + (ProcessId is { } id ? $", process {id}" : "")
        + (Host is { } host ? $" on {host}" : "")
        + (Since is { } since ? $", since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "");
}
