document.documentElement.classList.add("is-scripted");
