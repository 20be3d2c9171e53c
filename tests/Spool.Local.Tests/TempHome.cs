namespace Spool.Local.Tests;

/// <summary>A home and a cache folder of a test's own. They stay behind when the process dies, which is when somebody wants to look at
/// them.</summary>
sealed class TempHome : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("spool-test-").FullName;
    bool _isKept;

    public TempHome()
    {
        Path = System.IO.Path.Combine(_root, "home");
        Cache = System.IO.Path.Combine(_root, "cache");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string Cache { get; }

    public LocalThreadStore Open() => Open(options => options);

    public LocalThreadStore Open(Func<LocalThreadStoreOptions, LocalThreadStoreOptions> with) =>
        LocalThreadStore.Open(with(new LocalThreadStoreOptions { Home = Path, CacheDirectory = Cache }));

    public string Write(string relative, ReadOnlySpan<byte> bytes)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Leaves the folders where they are, for somebody who wants to look at them.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Removes the home with names in it that are not UTF-8, which the framework cannot remove because it cannot name
    /// them.</summary>
    public void DisposeWithForeignNames()
    {
        using (var remove = System.Diagnostics.Process.Start("rm", ["-rf", Path]))
            remove.WaitForExit();
        Dispose();
    }

    public void Dispose()
    {
        if (!_isKept)
            Directory.Delete(_root, recursive: true);
    }
}
