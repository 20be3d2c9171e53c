namespace Spool;

/// <summary>The places of a home that a search did not look into. Whatever is passed over is added here, so that nothing is in
/// silence.</summary>
/// <param name="layout">The home.</param>
sealed class SkippedPlaces(HomeLayout layout)
{
    const int MostNamed = 20;
    const string Unreadable = "it cannot be read";

    readonly List<string> _unreadable = [];
    readonly List<Unsearched> _copies = [],
        _links = [];
    readonly List<LeftBehind> _histories = [];

    /// <summary>Says that a part of the home cannot be read, and so may hold something of the thread.</summary>
    public static LeftBehind InUnreadable(string place) => new(WhatOf(place), Unreadable);

    /// <summary>Adds a folder that could not be looked into, or a file that the system gives no way to.</summary>
    public void AddUnreadable(string place) => _unreadable.Add(place);

    /// <summary>Adds a folder that is a working copy or a repository: a person's work, and often more files than everything else
    /// together.</summary>
    /// <param name="place">The folder.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="folder">What tells the folder from others, in case that it is reached, and looked through, on another path.</param>
    public void AddWorkingCopy(string place, string kind, FolderIdentity folder) =>
        _copies.Add(new(place, $"it is {kind}, which is not looked through; look for copies in it and in its history", folder));

    /// <summary>Adds a link that is not followed.</summary>
    /// <param name="place">The link.</param>
    /// <param name="path">Where it can be followed now.</param>
    public void AddLink(string place, string path) =>
        _links.Add(
            new(
                place,
                "it is a link to another place, which is not looked through; look for copies there",
                FileStat.FindFolder(path)?.Identity
            )
        );

    /// <summary>Adds the history of a working copy of which the files themselves are looked through.</summary>
    public void AddHistory(string folder, string system) =>
        _histories.Add(
            new LeftBehind(
                $"What the history of {layout.NameOf(folder)}, a working copy of {system}, holds of the thread, if anything",
                "histories are not looked through; if files of the thread were committed, take them out of the history (git filter-repo, for git) or make a new repository"
            )
        );

    /// <summary>Says what may be left in all of them: each that cannot be read, and of the others up to 20 of a kind and the number of the
    /// rest.</summary>
    /// <param name="visited">The folders that were looked through after all, on other paths.</param>
    public IEnumerable<LeftBehind> Left(HashSet<FolderIdentity> visited) =>
        [
            .. _unreadable.Select(InUnreadable),
            .. Named(_copies, visited, "working copies", "they are not looked through"),
            .. Named(_links, visited, "links", "they are not followed"),
            .. Named(_histories, "histories of working copies", "they are not looked through"),
        ];

    static IEnumerable<LeftBehind> Named(List<Unsearched> places, HashSet<FolderIdentity> visited, string kind, string why) =>
        Named(
            [
                .. places
                    .Where(place => place.Folder is not { } folder || !visited.Contains(folder))
                    .OrderBy(place => place.Place, StringComparer.Ordinal)
                    .Select(place => new LeftBehind(WhatOf(place.Place), place.Why)),
            ],
            kind,
            why
        );

    static IEnumerable<LeftBehind> Named(List<LeftBehind> left, string kind, string why) =>
        left.Count <= MostNamed
            ? left
            : left.Take(MostNamed)
                .Append(new LeftBehind($"What {left.Count - MostNamed} more {kind} hold of the thread, if anything", why));

    static string WhatOf(string place) => $"What {place} holds of the thread, if anything";

    readonly record struct Unsearched(string Place, string Why, FolderIdentity? Folder);
}
