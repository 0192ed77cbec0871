use super::*;

fn export(name: &str) -> Export {
    let text = format!(
        "name = \"{name}\"\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
         [output]\ndataset = \"acme/sales\"\nfile = \"sales\""
    );
    Export::parse(&text, Path::new("x.toml")).unwrap()
}

/// A folder of exports within one that goes with it: a lock is a file beside what it protects.
pub(in crate::export) fn exports_folder() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("exports");
    std::fs::create_dir(&folder).unwrap();
    (home, folder)
}

fn names(folder: &Path) -> Vec<String> {
    all(folder).into_iter().filter_map(|(_, export)| Some(export.ok()?.name)).collect()
}

#[test]
fn an_unreadable_folder_is_not_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("exports");
    assert!(all(&path).is_empty(), "there is none yet");
    std::fs::write(&path, "no folder").unwrap();
    let found = all(&path);
    let [(of, Err(error))] = &found[..] else { panic!("{found:?}") };
    assert_eq!(of, &path);
    assert!(error.to_string().starts_with(&format!("The saved exports in {} cannot be read: ", path.display())));
}

/// Saves an export over the file `replaces` as it is now.
pub(in crate::export) fn save_over(
    folder: &Path,
    export: &Export,
    replaces: Option<&str>,
) -> Result<PathBuf, DefinitionError> {
    let original = |stem: &str| {
        let export = Export::load(&definition_path(folder, stem))?;
        Ok::<_, DefinitionError>(Original { export: Box::new(export), stem: stem.to_owned() })
    };
    lock(folder)?.save(export, replaces.map(original).transpose()?.as_ref())
}

fn rename(folder: &Path, name: &str, new: &str) -> Result<(), DefinitionError> {
    lock(folder).unwrap().rename(name, new)
}

#[test]
fn a_name_is_used_once_and_another_name_moves_the_file() {
    let (_home, folder) = exports_folder();
    let folder = folder.as_path();
    save_over(folder, &export("Daily sales"), None).unwrap();
    let refused = save_over(folder, &export("daily  SALES"), None).unwrap_err().to_string();
    assert!(refused.starts_with("There is an export daily  SALES already"), "{refused}");
    save_over(folder, &export("Daily sales"), Some("daily-sales")).unwrap();
    save_over(folder, &export("Costs"), None).unwrap();
    assert!(save_over(folder, &export("Costs"), Some("daily-sales")).is_err(), "not even by another name's change");
    save_over(folder, &export("Sales"), Some("daily-sales")).unwrap();
    assert_eq!(names(folder), ["Costs", "Sales"]);
}

#[test]
fn changes_of_another_program_are_not_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let folder = &home.path().join("exports");
    save_over(folder, &export("Sales"), None).unwrap();
    let opened = Original::new(export("Sales"));
    let mut theirs = export("Sales");
    theirs.checks.allow_empty = true;
    save_over(folder, &theirs, Some("sales")).unwrap();
    for name in ["Sales", "Costs"] {
        let refused = lock(folder).unwrap().save(&export(name), Some(&opened)).unwrap_err();
        let expected = "sales.toml was changed by another program after you opened it here, so nothing was saved.";
        assert_eq!(refused.to_string(), expected);
        let DefinitionError::Changed { found: Some(found), .. } = refused else { panic!("{refused:?}") };
        assert_eq!((*found, all(folder).len()), (theirs.clone(), 1));
    }
    rename(folder, "Sales", "Costs").unwrap();
    let refused = lock(folder).unwrap().save(&export("Sales"), Some(&opened)).unwrap_err();
    assert!(matches!(refused, DefinitionError::Changed { found: None, .. }), "{refused}");
    assert_eq!(names(folder), ["Costs"]);
}

#[cfg(unix)]
#[test]
fn saving_and_renaming_keep_permissions_group_and_links() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown, symlink};
    let home = tempfile::tempdir().unwrap();
    let (folder, shared) = (&home.path().join("exports"), home.path().join("shared.toml"));
    export("Sales").save(&shared).unwrap();
    std::fs::set_permissions(&shared, PermissionsExt::from_mode(0o640)).unwrap();
    // Only root may assign any group.
    let group = if chown(&shared, None, Some(4)).is_ok() { 4 } else { shared.metadata().unwrap().gid() };
    std::fs::create_dir(folder).unwrap();
    symlink("../shared.toml", definition_path(folder, "sales")).unwrap();
    let mut changed = export("Sales");
    changed.checks.allow_empty = true;
    save_over(folder, &changed, Some("sales")).unwrap();
    rename(folder, "Sales", "Costs").unwrap();
    save_over(folder, &export("Stock"), Some("costs")).unwrap();
    assert_eq!(names(folder), ["Stock"]);
    assert_eq!(std::fs::read_link(definition_path(folder, "stock")).unwrap(), Path::new("../shared.toml"));
    let metadata = shared.metadata().unwrap();
    assert_eq!((metadata.mode() & 0o7777, metadata.gid()), (0o640, group));
    assert_eq!(Export::load(&shared).unwrap(), export("Stock"));
}

#[test]
fn a_definition_keeps_the_encoding_that_it_was_written_in() {
    let (_home, folder) = exports_folder();
    let folder = folder.as_path();
    let utf16 = |text: &str| std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let text = format!("# für Jo\n{}", export("Umsätze").to_toml().unwrap());
    let (before, after): (Vec<u8>, Vec<u8>) = (utf16(&text), utf16(&text.replace("Umsätze", "Übersicht")));
    std::fs::write(definition_path(folder, "umsätze"), before).unwrap();
    rename(folder, "Umsätze", "Übersicht").unwrap();
    assert_eq!(std::fs::read(definition_path(folder, "übersicht")).unwrap(), after);
    std::fs::write(definition_path(folder, "old"), b"name = \"Ums\xe4tze\"").unwrap();
    let error = load(folder, "old").unwrap_err().to_string();
    assert!(
        error.contains("old.toml cannot be read: it is not UTF-8 in line 1, it looks like Windows-1252"),
        "{error}"
    );
}

#[test]
fn a_file_named_unlike_its_export_keeps_its_name() {
    let (_home, folder) = exports_folder();
    let folder = folder.as_path();
    for stem in ["s2", "My Sales"] {
        export("Sales Two").save(&definition_path(folder, stem)).unwrap();
        for name in ["Sales Two", "Sales Three"] {
            assert_eq!(save_over(folder, &export(name), Some(stem)).unwrap(), definition_path(folder, stem));
            assert_eq!(names(folder), [name]);
        }
        remove(&definition_path(folder, stem)).unwrap();
    }
    assert_eq!(argument(&definition_path(Path::new("/x"), "s2")), "s2");
    assert_eq!(argument(&definition_path(Path::new("/x"), "Jo's")), "\"Jo's\"");
    let path = definition_path(Path::new("/x"), "-v");
    assert_eq!(argument(&path), shell::argument(&path.display().to_string()));
}

#[test]
fn a_file_named_by_hand_is_found_by_that_name() {
    let (_home, folder) = exports_folder();
    let folder = folder.as_path();
    for stem in ["nightly sales", "Big Costs", "5% of $x"] {
        export("Another name").save(&definition_path(folder, stem)).unwrap();
        assert_eq!(find(folder, stem), definition_path(folder, stem));
        assert_eq!(load_saved(folder, stem).unwrap().1.name, "Another name");
    }
    export("Big costs").save(&definition_path(folder, "big-costs")).unwrap();
    assert_eq!(load_saved(folder, "Big Costs").unwrap().1.name, "Another name", "the file of exactly that name");
    assert_eq!(load_saved(folder, "big-costs").unwrap().1.name, "Big costs");
    let error = load(folder, "nightly sale").unwrap_err().to_string();
    assert!(error.ends_with("Did you mean `nightly sales`?"), "{error}");
    rename(folder, "nightly sales", "Nightly sales").unwrap();
    assert!(!definition_path(folder, "nightly sales").exists());
    assert_eq!(load_saved(folder, "nightly sales").unwrap().1.name, "Nightly sales");
}

#[test]
fn another_name_changes_nothing_else_in_the_file() {
    let (_home, folder) = exports_folder();
    let folder = folder.as_path();
    let text = "# Mine.\nname = 'Sales' # and no costs\n[input]\ndataset = \"845305d8-da3d-4107-a9d6-13ef3f86d4a4\"\n\
                [output]\ndataset = \"acme/sales\"\nfile = \"sales\" # without .csv\n";
    std::fs::write(file_of(folder, "Sales"), text).unwrap();
    save_over(folder, &export("Costs"), None).unwrap();
    assert!(rename(folder, "Sales", "Costs").is_err());
    assert!(rename(folder, "None", "Other").is_err());
    rename(folder, "Sales", "Daily sales").unwrap();
    assert_eq!(names(folder), ["Costs", "Daily sales"]);
    let now = std::fs::read_to_string(file_of(folder, "Daily sales")).unwrap();
    assert_eq!(now, text.replace("'Sales'", "\"Daily sales\""));
}

#[test]
fn a_mistyped_name_or_path_gets_a_suggestion() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("exports");
    for name in ["Daily sales", "Costs"] {
        save_over(&folder, &export(name), None).unwrap();
    }
    std::fs::write(folder.join("Called By Hand.toml"), "").unwrap();
    std::fs::write(home.path().join("weekly.toml"), "").unwrap();
    let error_for = |name: &str| load(&folder, name).unwrap_err().to_string();
    for name in ["dialy-sales", "Daily Sale", "daily-sale"] {
        assert_eq!(error_for(name), format!("There is no export `{name}`. Did you mean `daily-sales`?"));
    }
    let help = "`writeback exports list` shows those that are saved; any other definition goes by its path.";
    assert_eq!(error_for("xyz"), format!("There is no export `xyz`. {help}"));
    assert_eq!(error_for("called-by-han"), "There is no export `called-by-han`. Did you mean `Called By Hand`?");
    let (typed, nearest) = (home.path().join("wekly.toml"), home.path().join("weekly.toml"));
    let error_for_path = |typed: &Path| error_for(typed.to_str().unwrap());
    let no_export = format!("There is no export at {}. ", typed.display());
    assert_eq!(error_for_path(&typed), format!("{no_export}Did you mean `{}`?", nearest.display()));
    assert!(error_for_path(&home.path().join("xyz.toml")).ends_with(help));
    assert!(error_for_path(Path::new("/no/such/folder/costs.toml")).ends_with("Did you mean `costs`?"));
    let renamed = rename(&folder, "dialy-sales", "Sales").unwrap_err().to_string();
    let saved = load_saved(&folder, "dialy-sales").unwrap_err().to_string();
    assert_eq!((renamed.as_str(), saved), (error_for("dialy-sales").as_str(), error_for("dialy-sales")));
}

#[test]
fn a_file_with_decomposed_letters_is_found_by_its_displayed_name() {
    let home = tempfile::tempdir().unwrap();
    for (stem, names) in [("u\u{308}bung", ["\u{fc}bung", "u\u{308}bung"]), ("caf\u{e9}", ["cafe\u{301}", "Café"])] {
        std::fs::write(definition_path(home.path(), stem), "").unwrap();
        for name in names {
            assert!(file_of(home.path(), name).exists(), "{name:?}");
        }
    }
}

#[test]
fn a_name_is_not_a_path() {
    let folder = Path::new("/config/exports");
    assert_eq!(find(folder, "daily-sales"), Path::new("/config/exports/daily-sales.toml"));
    assert_eq!(find(folder, "Daily Sales"), Path::new("/config/exports/daily-sales.toml"));
    assert_eq!(find(folder, "./daily-sales"), Path::new("./daily-sales"));
    assert_eq!(find(folder, "daily-sales.toml"), Path::new("daily-sales.toml"));
}
