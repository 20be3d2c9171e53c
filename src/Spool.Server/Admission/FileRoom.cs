namespace Spool.Server;

/// <summary>Room for the files that stay open for long: a connection is one, and a thread that is open for writing two, its log and its
/// lock. What is left of those that the process may open is for what calls open and close again, so that they find some whatever is
/// open.</summary>
/// <param name="limits">How many there are.</param>
/// <param name="time">The clock.</param>
sealed class FileRoom(ServerLimits limits, TimeProvider time) : IOpenThreadRoom
{
    const int OfWriter = 2; // that a thread takes which is open for writing
    const string EveryCaller = "";

    /// <summary>Gets the room for all of them.</summary>
    public Budget All { get; } = new(limits.MaxFiles, limits.MaxFiles, time);

    /// <summary>Gets how much of it writers may take: an eighth is for connections, of those who end their writers too.</summary>
    public Budget Writers { get; } = new(limits.MaxFiles - limits.MaxFiles / 8, limits.MaxFiles, time);

    /// <inheritdoc/>
    public bool TryTake()
    {
        if (!Writers.TryTake(EveryCaller, OfWriter))
            return false;
        if (All.TryTake(EveryCaller, OfWriter))
            return true;
        Writers.Give(EveryCaller, OfWriter);
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TakeAsync(CancellationToken cancellationToken)
    {
        if (!await Writers.TakeAsync(EveryCaller, OfWriter, cancellationToken).ConfigureAwait(false))
            return false;
        var isTaken = false;
        try
        {
            return isTaken = await All.TakeAsync(EveryCaller, OfWriter, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!isTaken)
                Writers.Give(EveryCaller, OfWriter);
        }
    }

    /// <inheritdoc/>
    public void Give()
    {
        All.Give(EveryCaller, OfWriter);
        Writers.Give(EveryCaller, OfWriter);
    }
}
