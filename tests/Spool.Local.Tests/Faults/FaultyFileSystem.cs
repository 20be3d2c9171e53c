namespace Spool.Local.Tests;

/// <summary>A file system whose steps are counted and of which one, or all from one on, fail with a chosen error of the system.</summary>
sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    readonly Lock _gate = new();
    Fault? _fault;
    int _steps;

    /// <summary>Gets the kinds of the steps that failed.</summary>
    public List<DiskStep> Failed { get; } = [];

    /// <summary>Gets whether the next step fails as well.</summary>
    public bool IsBroken
    {
        get
        {
            lock (_gate)
                return _fault is { IsLasting: true } fault && _steps >= fault.At;
        }
    }

    /// <summary>Gets or sets whether the home seems to be on a network file system.</summary>
    public bool IsNetwork { get; init; }

    /// <summary>Lets a step fail from now on.</summary>
    public void Break(Fault fault)
    {
        lock (_gate)
            (_fault, _steps) = (fault, 0);
    }

    /// <summary>Lets nothing fail any more.</summary>
    public void Heal()
    {
        lock (_gate)
            _fault = null;
    }

    public IWritableFile CreateNew(string path, string? model = null) =>
        Step(DiskStep.Create, () => new FaultyFile(this, inner.CreateNew(path, model)));

    public IWritableFile Open(string path) => Step(DiskStep.Open, () => new FaultyFile(this, inner.Open(path)));

    public FileStamp? Stamp(string path) => Step(DiskStep.Stamp, () => inner.Stamp(path));

    public bool CreateFolder(string path) => Step(DiskStep.CreateFolder, () => inner.CreateFolder(path));

    public void Rename(string from, string to, RenameOver over) => Step(DiskStep.Rename, () => inner.Rename(from, to, over));

    public bool Delete(string path) => Step(DiskStep.Delete, () => inner.Delete(path));

    public void SyncFolder(string path) => Step(DiskStep.SyncFolder, () => inner.SyncFolder(path));

    public void SetModified(string path, DateTimeOffset time) => Step(DiskStep.SetModified, () => inner.SetModified(path, time));

    public bool IsOnNetwork(string path) => IsNetwork || inner.IsOnNetwork(path);

    void Step(DiskStep kind, Action action) =>
        Step(
            kind,
            () =>
            {
                action();
                return true;
            }
        );

    T Step<T>(DiskStep kind, Func<T> action)
    {
        if (ErrorOf(kind) is { } error)
            throw error;
        return action();
    }

    Exception? ErrorOf(DiskStep kind)
    {
        lock (_gate)
        {
            if (_fault is not { } fault || (fault.Only is { } only && only != kind))
                return null;
            _steps++;
            if (_steps < fault.At || (_steps > fault.At && !fault.IsLasting))
                return null;
            Failed.Add(kind);
            return fault.Error == Fault.NoAccess
                ? new UnauthorizedAccessException("The test refuses this.")
                : new IOException("The test lets this fail.", fault.Error);
        }
    }

    /// <summary>A file of it.</summary>
    sealed class FaultyFile(FaultyFileSystem files, IWritableFile inner) : IWritableFile
    {
        public FileStamp Stamp => inner.Stamp;

        public int Read(Span<byte> buffer, long offset)
        {
            if (files.ErrorOf(DiskStep.Read) is { } error)
                throw error;
            return inner.Read(buffer, offset);
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (files.ErrorOf(DiskStep.Append) is { } error)
            {
                inner.Append(bytes[..(int)(bytes.Length * files._fault!.Part)]);
                throw error;
            }
            inner.Append(bytes);
        }

        public void SetLength(long length) => files.Step(DiskStep.SetLength, () => inner.SetLength(length));

        public void Sync() => files.Step(DiskStep.Sync, inner.Sync);

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>What fails.</summary>
/// <param name="At">The number of the step, from 1.</param>
/// <param name="Error">The system's error number.</param>
sealed record Fault(int At, int Error)
{
    public const int Io = 5;
    public const int NoAccess = 13;
    public const int NoSpace = 28;
    public const int ReadOnly = 30;

    /// <summary>Gets whether every step after it fails as well.</summary>
    public bool IsLasting { get; init; }

    /// <summary>Gets how much of a failing write is written, from 0 to 1.</summary>
    public double Part { get; init; }

    /// <summary>Gets the only kind of step that counts and fails, or null for all of them.</summary>
    public DiskStep? Only { get; init; }
}

/// <summary>A step on the disk.</summary>
enum DiskStep
{
    Create,
    Open,
    Stamp,
    CreateFolder,
    Rename,
    Delete,
    SyncFolder,
    SetModified,
    Read,
    Append,
    SetLength,
    Sync,
}
