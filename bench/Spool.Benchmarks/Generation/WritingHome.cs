namespace Spool.Benchmarks;

/// <summary>An empty home with an open store, and a folder beside it on the same disk for the files of the baseline.</summary>
sealed class WritingHome : IAsyncDisposable
{
    int _files;

    public WritingHome(BenchmarkRun run)
    {
        Folder = run.NewFolder("home");
        Raw = run.NewFolder("raw");
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Raw);
        Store = run.Open(Folder);
    }

    public string Folder { get; }

    public string Raw { get; }

    public LocalThreadStore Store { get; }

    /// <summary>Makes a file with the same system calls as the store's own.</summary>
    public IWritableFile RawFile() =>
        PhysicalFileSystem.Instance.CreateNew(Path.Join(Raw, FormattableString.Invariant($"file-{++_files}")));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Raw, recursive: true);
        Directory.Delete(Folder, recursive: true);
    }
}
