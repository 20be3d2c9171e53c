using System.IO.Enumeration;
using System.Text;

namespace Spool;

/// <summary>Walks all files of a home, whatever they are called, for whoever has to look into each of them.</summary>
/// <remarks>
/// The folders of sessions are walked as the list reads them (<see cref="HomeScanner"/>): with what links to folders lead to, and working copies of repositories in them. Elsewhere links are not followed: what they lead to
/// is somewhere else, and somebody else's; neither are working copies looked through. No folder is walked twice. Folders whose names are not UTF-8 are walked as any other, and links in them are not followed.
/// </remarks>
/// <param name="layout">The home.</param>
sealed class HomeFiles(HomeLayout layout)
{
    static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false, ReturnSpecialDirectories = false };

    readonly Stack<Folder> _folders = new();
    readonly LinkedFolders _links = new();
    readonly HashSet<FolderIdentity> _visited = [];

    /// <summary>Gets the folders that could not be looked into, but for those of sessions, which are the index's to name; and files that the system gives no way to.</summary>
    public List<string> Unreadable { get; } = [];

    /// <summary>Says whether a place in the home is one of the folders of sessions, or in one.</summary>
    public static bool IsOfSessions(string place) =>
        place is HomeLayout.Sessions or HomeLayout.Archived || place.StartsWith(HomeLayout.Sessions + "/", StringComparison.Ordinal) || place.StartsWith(HomeLayout.Archived + "/", StringComparison.Ordinal);

    /// <summary>Gives every file, and whatever else is no folder and no link. Used once.</summary>
    public IEnumerable<HomeFile> All(CancellationToken cancellationToken)
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
            var path = folder.Raw is null ? folder.Path : opened is null ? null : ForeignNames.PathOf(opened);
            if (path is null || Entries(path) is not { } entries || FileStat.FindFolder(path) is not { } found)
            {
                if ((path is null || FileStat.KindOf(path) != PlaceKind.Nothing) && (!IsOfSessions(folder.Place) || folder.Raw is not null))
                    Unreadable.Add(folder.Place);
                continue;
            }
            if (!_visited.Add(found.Identity))
                continue;
            var isForeign = false;
            foreach (var (name, kind) in entries)
            {
                // A name that is not UTF-8 is given with a mark in the place of what is wrong.
                var hasMark = name.Contains('\ufffd', StringComparison.Ordinal);
                isForeign |= hasMark;
                if (hasMark && FileStat.KindOf(Path.Join(path, name)) == PlaceKind.Nothing)
                    continue;
                if (kind == Entry.File)
                    yield return new HomeFile(Path.Join(path, name), folder.Below(name), folder.Raw is { } above ? ForeignNames.Encode([.. above, (byte)'/', .. Encoding.UTF8.GetBytes(name)]) : Path.Join(path, name));
                else
                    Enter(folder, path, name, kind);
            }
            if (!isForeign)
                continue;
            foreach (var (name, text, isFolder) in ForeignNames.In(path))
            {
                byte[] place = [.. folder.Raw ?? Encoding.UTF8.GetBytes(folder.Path), (byte)'/', .. name];
                if (isFolder)
                {
                    _folders.Push(new Folder("", folder.Below(text), place));
                    continue;
                }
                using var file = ForeignNames.Open(place);
                if (file is null)
                    Unreadable.Add(folder.Below(text));
                else
                    yield return new HomeFile(ForeignNames.PathOf(file), folder.Below(text), ForeignNames.Encode(place));
            }
        }
    }

    void Enter(Folder folder, string path, string name, Entry kind)
    {
        var place = folder.Below(name);
        if (kind == Entry.LinkedFolder)
        {
            if (IsOfSessions(place) && folder.Raw is null)
                _links.Add(place, place.Count(c => c == '/'));
        }
        else if (kind == Entry.Folder && (IsOfSessions(place) || !IsWorkingCopy(Path.Join(path, name))))
            _folders.Push(new Folder(Path.Join(path, name), place, folder.Raw is { } above ? [.. above, (byte)'/', .. Encoding.UTF8.GetBytes(name)] : null));
    }

    static List<(string Name, Entry Kind)>? Entries(string folder)
    {
        try
        {
            return [.. new FileSystemEnumerable<(string Name, Entry Kind)>(folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), KindOf(ref entry)), Everything)];
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return null;
        }
    }

    static Entry KindOf(ref FileSystemEntry entry) =>
        LinkedFolders.IsLink(ref entry) ? entry.IsDirectory ? Entry.LinkedFolder : Entry.Link : entry.IsDirectory ? Entry.Folder : Entry.File;

    // Codex keeps working copies of repositories in its home: somebody's work, and often more files than everything else together.
    static bool IsWorkingCopy(string folder) => Path.GetFileName(folder) == ".git" || Path.Exists(Path.Join(folder, ".git"));

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
}
