using System.IO.Enumeration;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Spool;

/// <summary>Walks all files of a home, whatever they are called, for code that has to look into each of them.</summary>
/// <remarks>
/// The folders of sessions are walked as the list reads them (<see cref="HomeScanner"/>): with what links to folders lead to, and working
/// copies of repositories in them. Elsewhere links to folders are not followed: what they lead to is somewhere else, and not the home's;
/// neither are working copies looked through. Every folder that is passed over so is in <see cref="Skipped"/>. Links to files are given
/// last, but for those to files of folders that were walked. No folder is walked twice. Folders whose names are not UTF-8 are walked as any
/// other, and links in them are not followed.
/// </remarks>
/// <param name="layout">The home.</param>
sealed class HomeFiles(HomeLayout layout)
{
    static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    readonly Stack<Folder> _folders = new();
    readonly LinkedFolders _links = new();
    readonly HashSet<FolderIdentity> _visited = [];

    readonly List<HomeFile> _linkedFiles = [];

    /// <summary>Gets what was passed over, but for folders of sessions that cannot be read, which are the index's to name.</summary>
    public SkippedPlaces Skipped { get; } = new(layout);

    /// <summary>Says what may be left in the places that were passed over, once all files were given.</summary>
    public IEnumerable<LeftBehind> Left => Skipped.Left(_visited);

    /// <summary>Says whether a place in the home is one of the folders of sessions, or in one.</summary>
    public static bool IsOfSessions(string place) =>
        place is HomeLayout.Sessions or HomeLayout.Archived
        || place.StartsWith(HomeLayout.Sessions + "/", StringComparison.Ordinal)
        || place.StartsWith(HomeLayout.Archived + "/", StringComparison.Ordinal);

    /// <summary>Gives every file, whatever else is no folder, and links to files elsewhere. Used once.</summary>
    public IEnumerable<HomeFile> All(CancellationToken cancellationToken)
    {
        if (VersionControl.Around(layout.Home) is var (around, system))
            Skipped.AddHistory(around, system);
        foreach (var file in Walk(cancellationToken))
            yield return file;
        foreach (var link in _linkedFiles)
        {
            if (
                FileStat.FindFolder(Path.GetDirectoryName(RealPath.Of(link.Path))!) is not { } target
                || !_visited.Contains(target.Identity)
            )
                yield return link;
        }
    }

    IEnumerable<HomeFile> Walk(CancellationToken cancellationToken)
    {
        _folders.Push(new Folder(layout.Home, "", null));
        while (true)
        {
            if (!_folders.TryPop(out var folder))
            {
                if (!_links.TryTake(out var link, out _))
                    yield break;
                folder = new Folder(layout.Absolute(link), link, null);
            }
            cancellationToken.ThrowIfCancellationRequested();
            using var opened = folder.Raw is { } raw ? ForeignNames.Open(raw) : null;
            var path =
                folder.Raw is null ? folder.Path
                : opened is null ? null
                : ForeignNames.PathOf(opened);
            if (path is null || Entries(path) is not { } entries || FileStat.FindFolder(path) is not { } found)
            {
                if ((path is null || FileStat.KindOf(path) != PlaceKind.Nothing) && (!IsOfSessions(folder.Place) || folder.Raw is not null))
                    Skipped.AddUnreadable(folder.Place);
                continue;
            }
            if (_visited.Contains(found.Identity) || IsSkipped(folder, path, entries, found.Identity))
                continue;
            _visited.Add(found.Identity);
            var isForeign = false;
            foreach (var (name, kind) in entries)
            {
                // A name that is not UTF-8 is given with a mark in the place of what is wrong.
                var hasMark = name.Contains('\ufffd', StringComparison.Ordinal);
                isForeign |= hasMark;
                if (hasMark && FileStat.KindOf(Path.Join(path, name)) == PlaceKind.Nothing)
                    continue;
                if (kind == Entry.File)
                    yield return new HomeFile(
                        Path.Join(path, name),
                        folder.Below(name),
                        folder.Raw is { } above
                            ? ForeignNames.Encode([.. above, (byte)'/', .. Encoding.UTF8.GetBytes(name)])
                            : Path.Join(path, name)
                    );
                else
                    Enter(folder, path, name, kind);
            }
            if (!isForeign)
                continue;
            foreach (var (name, text, kind) in ForeignNames.In(path))
            {
                byte[] place = [.. folder.Raw ?? Encoding.UTF8.GetBytes(folder.Path), (byte)'/', .. name];
                if (kind == PlaceKind.Folder)
                {
                    _folders.Push(new Folder("", folder.Below(text), place));
                    continue;
                }
                using var file = ForeignNames.Open(place);
                if (kind == PlaceKind.Unknown)
                    AddForeignLink(folder.Below(text), file);
                else if (file is null)
                    Skipped.AddUnreadable(folder.Below(text));
                else
                    yield return new HomeFile(ForeignNames.PathOf(file), folder.Below(text), ForeignNames.Encode(place));
            }
        }
    }

    // Every entry that is no file is dealt with here: walked, given later, or added to what was passed over.
    void Enter(Folder folder, string path, string name, Entry kind)
    {
        var place = folder.Below(name);
        var here = Path.Join(path, name);
        switch (kind)
        {
            case Entry.Folder:
                // That of the home was added before everything else, in .tmp it is of what Codex fetched, and any other folder is passed
                // over for it.
                if (IsOfSessions(place) || !VersionControl.IsHistory(name))
                    _folders.Push(
                        new Folder(here, place, folder.Raw is { } above ? [.. above, (byte)'/', .. Encoding.UTF8.GetBytes(name)] : null)
                    );
                break;
            case Entry.LinkedFolder when IsOfSessions(place) && folder.Raw is null:
                _links.Add(place, place.Count(c => c == '/'));
                break;
            case Entry.LinkedFolder:
                Skipped.AddLink(place, here);
                break;
            default:
                AddLinkedFile(folder, place, here);
                break;
        }
    }

    // A link to nowhere, or to a pipe, leads to nothing that could be left.
    void AddLinkedFile(Folder folder, string place, string path)
    {
        // Codex's program under its other names, which each Codex makes for as long as it runs.
        if (place.StartsWith("tmp/arg0", StringComparison.Ordinal))
            return;
        var kind = FileStat.KindOf(path);
        if (kind == PlaceKind.Unknown)
            Skipped.AddUnreadable(place);
        else if (kind == PlaceKind.File && folder.Raw is not null)
            Skipped.AddLink(place, path);
        else if (kind == PlaceKind.File)
            _linkedFiles.Add(new HomeFile(path, place, path) { IsLink = true });
    }

    void AddForeignLink(string place, SafeFileHandle? target)
    {
        if (target is not null && ForeignNames.PathOf(target) is var path && FileStat.KindOf(path) is PlaceKind.File or PlaceKind.Folder)
            Skipped.AddLink(place, path);
    }

    // Codex keeps working copies of repositories in its home, and so do people.
    bool IsSkipped(Folder folder, string path, List<(string Name, Entry Kind)> entries, FolderIdentity identity)
    {
        // The folder .tmp is Codex's own, with what it fetches.
        if (
            folder.Place.Length == 0
            || folder.Place.StartsWith(".tmp/", StringComparison.Ordinal)
            || VersionControl.KindOf(entries.Select(entry => entry.Name)) is not { } kind
        )
            return false;
        if (!IsOfSessions(folder.Place))
            Skipped.AddWorkingCopy(folder.Place, kind, identity);
        else if (
            VersionControl.Around(path) is var (around, system)
            && entries.Any(entry => VersionControl.IsHistory(entry.Name) && entry.Kind != Entry.Folder)
        )
            Skipped.AddHistory(around, system);
        return !IsOfSessions(folder.Place);
    }

    static List<(string Name, Entry Kind)>? Entries(string folder)
    {
        try
        {
            return
            [
                .. new FileSystemEnumerable<(string Name, Entry Kind)>(
                    folder,
                    (ref FileSystemEntry entry) => (entry.FileName.ToString(), KindOf(ref entry)),
                    Everything
                ),
            ];
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return null;
        }
    }

    static Entry KindOf(ref FileSystemEntry entry) =>
        LinkedFolders.IsLink(ref entry)
            ? entry.IsDirectory
                ? Entry.LinkedFolder
                : Entry.Link
            : entry.IsDirectory
                ? Entry.Folder
                : Entry.File;

    enum Entry
    {
        File,
        Folder,
        LinkedFolder,
        Link,
    }

    // The bytes of the path are given where it is no text.
    readonly record struct Folder(string Path, string Place, byte[]? Raw)
    {
        public string Below(string name) => Place.Length == 0 ? name : $"{Place}/{name}";
    }
}

/// <summary>A file of a home.</summary>
/// <param name="Path">Where it is read. When its name is foreign this holds only until the walk goes on.</param>
/// <param name="Place">What to call it: its path in the home.</param>
/// <param name="Lasting">The path by which <see cref="IFileSystem"/> deletes it, at any time.</param>
readonly record struct HomeFile(string Path, string Place, string Lasting)
{
    /// <summary>Gets whether its name, or that of a folder above it, is not UTF-8, so that no path of the framework leads to it.</summary>
    public bool IsForeign => Path != Lasting;

    /// <summary>Gets whether it is a link to a file somewhere else.</summary>
    public bool IsLink { get; init; }
}
