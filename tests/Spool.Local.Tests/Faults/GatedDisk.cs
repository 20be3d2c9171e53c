namespace Spool.Local.Tests;

/// <summary>The real disk, which stops once at a step that a test names, until the test lets it go on or fail there.</summary>
sealed class GatedDisk : IFileSystem
{
    readonly PhysicalFileSystem _disk = PhysicalFileSystem.Instance;
    DiskGate? _gate;
    int _steps;

    /// <summary>Gets how many steps there were so far.</summary>
    public int Steps => Volatile.Read(ref _steps);

    public LocalThreadStore Open(TempHome home, int maxQueuedBytes = 1024 * 1024) =>
        LocalThreadStore.Open(
            new LocalThreadStoreOptions
            {
                Home = home.Path,
                CacheDirectory = home.Cache,
                MaxQueuedBytes = maxQueuedBytes,
            },
            this
        );

    /// <summary>Stops at the next step of a kind on a file or folder whose path has a part.</summary>
    public DiskGate Stop(DiskStep step, string pathPart) =>
        _gate = new DiskGate((at, path, _) => at == step && path.Contains(pathPart, StringComparison.Ordinal));

    /// <summary>Stops at a step from now on, the next one for 1.</summary>
    public DiskGate StopAt(int number)
    {
        var at = Steps + number;
        return _gate = new DiskGate((_, _, step) => step == at);
    }

    /// <summary>Stops no more, where nobody came to the step.</summary>
    public void GoOn() => Volatile.Write(ref _gate, null);

    public IWritableFile CreateNew(string path, string? model = null)
    {
        Pass(DiskStep.Create, path);
        return new GatedFile(this, path, _disk.CreateNew(path, model));
    }

    public IWritableFile Open(string path)
    {
        Pass(DiskStep.Open, path);
        return new GatedFile(this, path, _disk.Open(path));
    }

    public FileStamp? Stamp(string path)
    {
        Pass(DiskStep.Stamp, path);
        return _disk.Stamp(path);
    }

    public bool CreateFolder(string path)
    {
        Pass(DiskStep.CreateFolder, path);
        return _disk.CreateFolder(path);
    }

    public void Rename(string from, string to, RenameOver over)
    {
        Pass(DiskStep.Rename, to);
        _disk.Rename(from, to, over);
    }

    public bool Delete(string path)
    {
        Pass(DiskStep.Delete, path);
        return _disk.Delete(path);
    }

    public void SyncFolder(string path)
    {
        Pass(DiskStep.SyncFolder, path);
        _disk.SyncFolder(path);
    }

    public void SetModified(string path, DateTimeOffset time)
    {
        Pass(DiskStep.SetModified, path);
        _disk.SetModified(path, time);
    }

    public bool IsOnNetwork(string path) => _disk.IsOnNetwork(path);

    void Pass(DiskStep step, string path)
    {
        var number = Interlocked.Increment(ref _steps);
        if (
            Volatile.Read(ref _gate) is { } gate
            && gate.IsAt(step, path, number)
            && Interlocked.CompareExchange(ref _gate, null, gate) == gate
        )
            gate.Pass();
    }

    sealed class GatedFile(GatedDisk disk, string path, IWritableFile file) : IWritableFile
    {
        public FileStamp Stamp => file.Stamp;

        public int Read(Span<byte> buffer, long offset)
        {
            disk.Pass(DiskStep.Read, path);
            return file.Read(buffer, offset);
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            disk.Pass(DiskStep.Append, path);
            file.Append(bytes);
        }

        public void SetLength(long length)
        {
            disk.Pass(DiskStep.SetLength, path);
            file.SetLength(length);
        }

        public void Sync()
        {
            disk.Pass(DiskStep.Sync, path);
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}

/// <summary>A step at which the disk stops.</summary>
/// <param name="isAt">Whether a step is the one: its kind, its path, its number.</param>
sealed class DiskGate(Func<DiskStep, string, int, bool> isAt)
{
    readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly object _gate = new();
    bool _goesOn;
    Exception? _failure;

#pragma warning disable VSTHRD003 // somebody else reaches it
    /// <summary>Is done when somebody is at the step.</summary>
    public Task Reached => _reached.Task;
#pragma warning restore VSTHRD003

    public bool IsAt(DiskStep step, string path, int number) => isAt(step, path, number);

    /// <summary>Lets the step be done, or fail.</summary>
    public void Go(Exception? failure = null)
    {
        lock (_gate)
        {
            (_goesOn, _failure) = (true, failure);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until it goes on.</summary>
    public void Pass()
    {
        _reached.TrySetResult();
        lock (_gate)
        {
            while (!_goesOn)
                Monitor.Wait(_gate);
            if (_failure is not null)
                throw _failure;
        }
    }
}
